package com.example.orders;

import java.nio.file.Path;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** Collects orders. Every night those since the last export go off-site, and only then are they deleted here. */
public class OrdersApplication extends RouteBuilder {

    public static void main(String[] args) throws Exception {
        new Main(OrdersApplication.class).run(args);
    }

    @Override
    public void configure() {
        Orders orders = new Orders(Path.of(getContext().resolvePropertyPlaceholders("{{exports}}")));

        from("file:{{inbox}}?include=.*[.]json&readLock=changed&delete=true")
                .routeId("take")
                .convertBodyTo(String.class)
                .bean(orders, "add");

        from("quartz:export?cron={{export.schedule}}&stateful=true")
                .routeId("export")
                // What could not be shipped stays, and the next export begins with it. Send your mail or message here.
                .onException(Exception.class)
                .handled(true)
                .maximumRedeliveries("{{export.retries}}")
                .redeliveryDelay(10_000)
                .log(LoggingLevel.ERROR, "orders", "not exported: ${exception.message}")
                .end()
                .bean(orders, "begin")
                .filter(body().isNotNull())
                .to("offsite:put?job=orders") // goes on when the copy is verified and listed in SHA256SUMS
                .log("the orders are at ${header.CamelOffsitePath}, verified by ${header.CamelOffsiteVerification}")
                .bean(orders, "end");

        from("offsite:events?types=failed,refused,damaged")
                .routeId("tell")
                .log(LoggingLevel.ERROR, "orders", "backup: ${header.CamelOffsiteEvent}: ${body}");
    }
}
