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
                .setHeader("OffsiteJob", constant("db"))
                .setHeader("OffsiteName", simple("{{env:HOSTNAME:here}}/${file:name}"))
                .to("direct:offsite-put")
                .log("${header.CamelFileName} is at ${header.OffsitePath}, SHA-256 ${header.OffsiteSha256},"
                        + " ${header.OffsiteSize} bytes, proven by ${header.OffsiteProof}");

        // A file in "wanted" has the name of the copy that it asks for.
        from("file:{{wanted}}?delete=true")
                .routeId("wanted")
                .setHeader("OffsiteJob", constant("db"))
                .setHeader("OffsiteName", header("CamelFileName"))
                .setHeader("OffsiteTo", constant("restored/"))
                .to("direct:offsite-get")
                .log("${header.OffsiteName} is back from ${header.OffsiteDate}");

        from("direct:offsite-notify")
                .routeId("tell")
                .log("${header.OffsiteJob}: ${header.OffsiteShipped} shipped, ${header.OffsiteFailed} not");
    }
}
