package dev.offsite.notify;

import dev.offsite.io.HumanTime;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.util.json.JsonObject;

/**
 * Writes messages. Names and reasons come from elsewhere: they are in one line each, and never more than text.
 *
 * @param host the name of this machine
 * @param zone of this machine
 */
record MessageWriter(String host, ZoneId zone) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm zzz", Locale.ENGLISH);
    private static final int LONGEST_SUBJECT = 150;
    private static final int LONGEST_LINE = 1000;

    /** A trouble began, or the receiver is reminded of it. */
    Message of(JobReport report, Trouble trouble, boolean again) {
        Duration lasts = Duration.between(trouble.since(), report.now());
        String what = what(trouble.kind(), trouble.subject());
        JsonObject json = new JsonObject();
        json.put("event", trouble.kind().word());
        json.put("job", trouble.job());
        json.put("at", report.now().toString());
        json.put("since", trouble.since().toString());
        json.put("reminder", again);
        json.put("verb", trouble.subject());
        json.put("reason", line(trouble.text()));
        json.put("command", line(trouble.command()));
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("What", trouble.text());
        lines.put("Since", since(trouble.since(), lasts));
        place(lines, report.job());
        lines.put("Means", meaning(trouble.kind(), trouble.subject()));
        lines.put("To do", cure(trouble.kind(), trouble.subject()));
        if (!trouble.command().isEmpty()) {
            lines.put("Command", trouble.command());
        }
        String subject = again ? "still, for %s: %s".formatted(HumanTime.of(lasts), what) : what;
        return message(report.job(), trouble.key(), report.now(), subject, lines, json);
    }

    /** A trouble is over. */
    Message over(JobReport report, Told told) {
        Duration lasted = Duration.between(told.since(), report.now());
        String was = what(
                told.kind(), told.key().substring(told.kind().word().length()).strip());
        JsonObject json = new JsonObject();
        json.put("event", overEvent(told.kind()));
        json.put("job", told.job());
        json.put("at", report.now().toString());
        json.put("since", told.since().toString());
        json.put("seconds", Math.max(0, lasted.toSeconds()));
        json.put("was", told.kind().word());
        json.put("reason", line(told.text()));
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("Over", was);
        lines.put("Was", told.text());
        lines.put("From", time(told.since()));
        lines.put("To", "%s, after %s".formatted(time(report.now()), HumanTime.of(lasted)));
        place(lines, report.job());
        report.verifiedAt().ifPresent(at -> lines.put("Verified", "the last copy, " + time(at)));
        lines.put("To do", "nothing");
        return message(
                report.job(),
                told.key(),
                report.now(),
                "over after %s: %s".formatted(HumanTime.of(lasted), was),
                lines,
                json);
    }

    /** Something happened that is no trouble that goes on. */
    Message of(Job job, JobEvent event) {
        JsonObject json = EventJson.of(event);
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("What", what(event));
        lines.put("At", time(event.at()));
        place(lines, job);
        details(event).forEach(lines::put);
        return message(job, "", event.at(), subject(event), lines, json);
    }

    private Message message(Job job, String key, Instant now, String what, Map<String, String> lines, JsonObject json) {
        String subject = cut(line("offsite: %s: %s".formatted(job.name(), what)), LONGEST_SUBJECT);
        String text = subject + "\n\n"
                + lines.entrySet().stream()
                        .map(line -> "%-9s %s\n".formatted(line.getKey() + ":", line(line.getValue())))
                        .collect(Collectors.joining());
        json.put("host", host);
        json.put("source", job.source().toString());
        json.put("root", job.root());
        json.put("server", job.target().host());
        json.put("subject", subject);
        json.put("text", text);
        return new Message(json.getString("event"), job.name(), key, now, subject, text, json);
    }

    private void place(Map<String, String> lines, Job job) {
        lines.put("Machine", host);
        lines.put("Job", job.name());
        lines.put("Source", job.source().toString());
        lines.put("Copies", "%s on %s".formatted(job.root(), job.target().host()));
    }

    private String since(Instant since, Duration lasts) {
        return "%s, for %s".formatted(time(since), HumanTime.of(lasts));
    }

    private String time(Instant at) {
        return TIME.format(at.atZone(zone));
    }

    private static String line(String text) {
        return cut(Text.line(text), LONGEST_LINE);
    }

    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return text.substring(0, end) + "…";
    }

    private static String overEvent(Trouble.Kind kind) {
        return kind == Trouble.Kind.STALE ? "fresh" : "over";
    }

    private static String what(Trouble.Kind kind, String verb) {
        return switch (kind) {
            case FAILED -> verb + " failed";
            case STALE -> "no new copy for too long";
            case DAMAGED -> "copies are damaged or missing";
            case REFUSED -> "pruning is held back";
        };
    }

    private static String meaning(Trouble.Kind kind, String verb) {
        return switch (kind) {
            case FAILED ->
                switch (verb) {
                    case "ship" -> "backups of this job are on this machine only, until a ship succeeds";
                    case "scrub" -> "the copies on the server are not all verified again";
                    case "prune" -> "old dated folders stay, and the server may become full";
                    case "drill" -> "a rehearsed restore failed, so a real one may fail too";
                    default -> verb + " did not do its work";
                };
            case STALE -> "if this machine is lost now, everything since the last verified copy is lost";
            case DAMAGED -> "these copies cannot be restored, and nothing of this job is pruned meanwhile";
            case REFUSED -> "no folder of this job is removed until you decide, so the server may become full";
        };
    }

    private static String cure(Trouble.Kind kind, String verb) {
        return switch (kind) {
            case FAILED ->
                verb.equals("ship")
                        ? "remove the cause; the next ship sends what is missing; this checks the server:"
                        : "remove the cause, and run it again:";
            case STALE -> "find out why nothing was backed up or shipped, and ship:";
            case DAMAGED -> "check the disk of the server; this sends again what is still here:";
            case REFUSED -> "look at the new copies; if they are as they should be, say so:";
        };
    }

    private static String subject(JobEvent event) {
        if (event instanceof JobEvent.Shipped shipped) {
            return "%s shipped and verified".formatted(Text.files(shipped.files()));
        } else if (event instanceof JobEvent.Pruned pruned) {
            return "%d folders pruned".formatted(pruned.folders().size())
                    + (pruned.failed().isEmpty()
                            ? ""
                            : ", %d NOT".formatted(pruned.failed().size()));
        } else if (event instanceof JobEvent.Refused) {
            return "nothing was pruned";
        } else if (event instanceof JobEvent.Repaired repaired) {
            return "%d copies repaired".formatted(repaired.copies().size());
        } else if (event instanceof JobEvent.Drilled drilled) {
            return drilled.passed() ? "a drill restored well" : "a drill FAILED";
        }
        return event.type();
    }

    private static String what(JobEvent event) {
        if (event instanceof JobEvent.Refused refused) {
            return "nothing was pruned: " + refused.reason();
        } else if (event instanceof JobEvent.Drilled drilled && !drilled.passed()) {
            return "a drill failed: " + drilled.problem();
        }
        return subject(event);
    }

    private static Map<String, String> details(JobEvent event) {
        if (event instanceof JobEvent.Shipped shipped) {
            return Map.of(
                    "Size", Text.size(shipped.bytes()),
                    "To", String.join(", ", shipped.folders()),
                    "Verified", "by " + shipped.verification() + (shipped.encrypted() ? ", encrypted" : ""));
        } else if (event instanceof JobEvent.Pruned pruned) {
            return Map.of("Folders", String.join(", ", pruned.folders()), "Failed", String.join(", ", pruned.failed()));
        } else if (event instanceof JobEvent.Refused) {
            return Map.of("Command", "offsite prune --dry-run " + event.job());
        } else if (event instanceof JobEvent.Repaired repaired) {
            return Map.of("Copies", String.join(", ", repaired.copies()));
        } else if (event instanceof JobEvent.Drilled drilled) {
            return Map.of("Restored", "%s of %s".formatted(Text.files(drilled.files()), drilled.folder()));
        }
        return Map.of();
    }
}
