package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.component.CopyRoute.Waiting;
import dev.offsite.io.Batcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class CopyRouteTest {

    private final List<String> answered = new ArrayList<>();

    /** Else Camel would go on with one exchange in two threads, and a verified copy would fail. */
    @Test
    void eachExchangeOfABatchGoesOnOnceAlthoughTheBatchFailsMidway() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            Exchange first = new DefaultExchange(camel);
            Exchange second = new DefaultExchange(camel);
            Queue<Runnable> lanes = new ArrayDeque<>();
            Batcher<String, Waiting> batches = new Batcher<>(
                    lanes::add,
                    (key, batch) -> {
                        batch.get(0).end(null);
                        throw new IllegalStateException("midway");
                    },
                    Waiting::end);
            batches.add("nas", new Waiting(first, done -> answered.add("first")));
            batches.add("nas", new Waiting(second, done -> answered.add("second")));

            lanes.remove().run();

            assertThat(answered).containsExactly("first", "second");
            assertThat(first.getException()).isNull();
            assertThat(second.getException()).hasMessage("midway");
        }
    }
}
