package com.example;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** Dumps a database now and then, and has each dump off-site before it goes on. */
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
                        + " ${header.OffsiteSize} bytes, verified by ${header.OffsiteVerification}");

        from("direct:offsite-notify")
                .routeId("tell")
                .log("${header.OffsiteJob}: ${header.OffsiteShipped} shipped, ${header.OffsiteFailed} not");
    }
}
