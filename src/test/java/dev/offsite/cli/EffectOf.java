package dev.offsite.cli;

import dev.offsite.job.Setting;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says of a test which setting it shows at work. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface EffectOf {
    Setting value();
}
