package dev.offsite.job;

/** What is wrong with a setting, or with what stands for it. */
public final class SettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final Setting setting;

    SettingException(Setting setting, String problem) {
        super(problem);
        this.setting = setting;
    }

    public Setting setting() {
        return setting;
    }
}
