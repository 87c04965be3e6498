package dev.offsite.report;

import dev.offsite.report.State.Tone;
import java.util.List;
import java.util.Optional;

/**
 * A job as the page shows it. Texts of others are in one line, without invisible characters; the templates escape them.
 *
 * @param id of its section
 * @param headline how it is, in one sentence
 * @param age of the last verified copy, against max-age, in words
 * @param agePercent the same as a part of max-age, at most 100; empty without a max-age or a copy
 * @param zone that its times are in
 * @param owedMore how many more copies are owed than are named
 * @param restore the command that brings its newest copies back
 */
public record JobView(
        String id,
        String name,
        State state,
        String headline,
        String age,
        Optional<Integer> agePercent,
        Optional<Moment> verified,
        String zone,
        List<Wrong> troubles,
        List<Fact> facts,
        List<Run> runs,
        List<Owed> owed,
        int owedMore,
        String restore) {

    /** Something that is wrong, since when, and the command for it, which may be empty. */
    public record Wrong(Tone tone, String word, String text, Moment since, String command) {}

    /** A fact with its name. The time, if it has one, is when it was seen, happened or will happen. */
    public record Fact(String name, String value, Optional<Moment> time) {}

    /**
     * A run that ended.
     *
     * @param what was done, in words
     * @param speed empty if nothing was transferred
     */
    public record Run(
            Moment at, String verb, Tone tone, String result, String what, String took, String speed, String reason) {}

    /** A copy that is missing or damaged. */
    public record Owed(String path, String state, Moment since) {}
}
