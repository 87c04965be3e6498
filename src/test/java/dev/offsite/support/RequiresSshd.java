package dev.offsite.support;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips where there is no sshd to run; under {@code CI=true} (property or environment) that is a failure instead. */
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresSshd.Condition.class)
public @interface RequiresSshd {
    final class Condition implements ExecutionCondition {
        static final String MISSING = "no sshd here: apt-get install openssh-server";

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return evaluate(OpenSshServer.available(), System.getProperty("CI", System.getenv("CI")));
        }

        static ConditionEvaluationResult evaluate(boolean available, String ci) {
            if (available) {
                return enabled("sshd found");
            }
            if (Boolean.parseBoolean(ci)) {
                throw new IllegalStateException(MISSING);
            }
            return disabled(MISSING);
        }
    }
}
