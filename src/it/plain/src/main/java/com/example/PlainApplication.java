package com.example;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** Has each dump of a database off-site before it goes on, and brings back what somebody wants. */
public class PlainApplication extends RouteBuilder {

    public static void main(String[] args) throws Exception {
        new Main(PlainApplication.class).run(args);
    }

    @Override
    public void configure() {
        onException(Exception.class).maximumRedeliveries(3).redeliveryDelay(5000);

        from("file:{{dumps}}?include=.*[.]dump&readLock=changed&move=off-site")
                .routeId("dumps")
                .setHeader("CamelOffsiteName", simple("{{env:HOSTNAME:here}}/${file:name}"))
                .to("offsite:put?job=db")
                .log("${header.CamelFileName} is at ${header.CamelOffsitePath}, SHA-256 ${header.CamelOffsiteSha256},"
                        + " ${header.CamelOffsiteSize} bytes, verified by ${header.CamelOffsiteVerification}");

        // A file in "wanted" has the name of the copy that it asks for.
        from("file:{{wanted}}?delete=true")
                .routeId("wanted")
                .setHeader("CamelOffsiteName", header("CamelFileName"))
                .to("offsite:get?job=db&to=restored/")
                .log("${header.CamelOffsiteName} is back from ${header.CamelOffsiteDate}");

        from("offsite:events?types=shipped,failed")
                .routeId("tell")
                .log("${header.CamelOffsiteJob}: ${header.CamelOffsiteEvent}: ${body}");
    }
}
