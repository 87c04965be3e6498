package dev.offsite.cli;

import dev.offsite.io.HashedFile;
import dev.offsite.io.Text;
import dev.offsite.job.Target;
import dev.offsite.transfer.FileOutcome;
import dev.offsite.transfer.TransferResult;
import java.util.Locale;
import org.apache.camel.util.json.JsonObject;

/** The result of a transfer, for people and for programs. */
record TransferReport(String verb, Target target, TransferResult result) {

    int exitCode() {
        return ExitCode.of(result.targetFailure() != null, result.count(FileOutcome.State.FAILED) == 0);
    }

    private String done() {
        return verb.equals("get") ? "got" : verb;
    }

    /** One line: how many files went where, on which server, how they were verified, and what failed. */
    String line() {
        int transferred = result.count(FileOutcome.State.TRANSFERRED);
        int present = result.count(FileOutcome.State.PRESENT);
        int failed = result.count(FileOutcome.State.FAILED);
        StringBuilder line = new StringBuilder(
                "%s %s and verified to %s".formatted(Text.files(transferred), done(), Text.line(result.destination())));
        line.append(verb.equals("get") ? " from " : " on ").append(Text.line(target.toString()));
        if (transferred > 0) {
            String bytes = Text.size(result.bytes(FileOutcome.State.TRANSFERRED));
            line.append(" (%s in %s s, %s)".formatted(bytes, Text.seconds(result.nanos()), result.verifications()));
        }
        if (present > 0) {
            line.append(", ").append(present).append(" already there");
        }
        if (failed > 0) {
            line.append(", ").append(failed).append(" NOT ").append(done());
        }
        return line.toString();
    }

    /** docs/json.md describes the fields. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.put("target", target.toString());
        json.put("destination", result.destination());
        json.put("transferred", result.count(FileOutcome.State.TRANSFERRED));
        json.put("present", result.count(FileOutcome.State.PRESENT));
        json.put("failed", result.count(FileOutcome.State.FAILED));
        json.put("bytes", result.bytes(FileOutcome.State.TRANSFERRED));
        json.put("seconds", Math.round(result.nanos() / 1e6) / 1e3);
        json.put("problem", result.targetFailure() == null ? "" : result.targetFailure());
        json.put("files", result.outcomes().stream().map(this::json).toList());
        return json;
    }

    private JsonObject json(FileOutcome outcome) {
        String to = result.destination();
        JsonObject json = new JsonObject();
        json.put("name", outcome.name().isEmpty() ? to.substring(to.lastIndexOf('/') + 1) : outcome.name());
        json.put("state", outcome.state().name().toLowerCase(Locale.ROOT));
        json.put("size", outcome.size() < 0 ? null : outcome.size());
        json.put("sha256", outcome.sha256());
        json.put(
                "verification",
                outcome.verification() == null ? null : outcome.verification().toString());
        json.put("contentSha256", outcome.content().map(HashedFile::sha256).orElse(null));
        json.put("contentSize", outcome.content().map(HashedFile::size).orElse(null));
        json.put("problem", outcome.reason());
        return json;
    }
}
