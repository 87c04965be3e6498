package dev.offsite.report;

/** How a job is, the worst first. Never shown by its colour alone. */
public enum State {
    DAMAGED(Tone.BAD, "Damaged"),
    FAILED(Tone.BAD, "Failed"),
    STALE(Tone.BAD, "Stale"),
    DECIDE(Tone.WARN, "Needs a decision"),
    NOTHING_YET(Tone.NONE, "Nothing yet"),
    VERIFIED(Tone.GOOD, "Verified");

    /** What it is drawn in; its code is the id of the sign, and a class of the style sheet. */
    public enum Tone {
        GOOD("good"),
        WARN("warn"),
        BAD("bad"),
        NONE("none");

        private final String code;

        Tone(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    private final Tone tone;
    private final String word;

    State(Tone tone, String word) {
        this.tone = tone;
        this.word = word;
    }

    public Tone tone() {
        return tone;
    }

    public String word() {
        return word;
    }

    /** Whether somebody must see to it. */
    boolean needsSomebody() {
        return tone == Tone.BAD || tone == Tone.WARN;
    }
}
