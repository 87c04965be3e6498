package dev.offsite.io;

import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.PropertiesFunction;

/**
 * Resolves placeholders as Camel does, with one difference: what an environment variable or a vault holds is taken as
 * it is. Camel would resolve it again, so a password with two braces in it would be another one, or none.
 */
public final class Placeholders {

    private static final String START = PropertiesComponent.PREFIX_TOKEN;
    private static final String END = PropertiesComponent.SUFFIX_TOKEN;
    private static final int DEEPEST = 20;

    private final CamelContext context;
    private final String text;
    private final int depth;
    private int at;

    private Placeholders(CamelContext context, String text, int depth) {
        this.context = context;
        this.text = text;
        this.depth = depth;
    }

    /** Fails with {@link IllegalArgumentException} if one has no value */
    public static String resolve(CamelContext context, String text) {
        return text.contains(START) ? new Placeholders(context, text, 0).upTo(false) : text;
    }

    private String upTo(boolean end) {
        StringBuilder resolved = new StringBuilder();
        while (at < text.length()) {
            if (end && text.startsWith(END, at)) {
                at += END.length();
                return resolved.toString();
            }
            if (text.startsWith(START, at) && (at == 0 || text.charAt(at - 1) != '\\')) {
                at += START.length();
                resolved.append(value(upTo(true)));
            } else {
                resolved.append(text.charAt(at));
                at++;
            }
        }
        if (end) {
            throw new IllegalArgumentException("%s has no %s".formatted(text, END));
        }
        return resolved.toString();
    }

    private String value(String key) {
        boolean optional = key.startsWith(PropertiesComponent.OPTIONAL_TOKEN);
        String name = optional ? key.substring(1) : key;
        int colon = name.indexOf(':');
        String before = colon < 0 ? name : name.substring(0, colon);
        String after = colon < 0 ? null : name.substring(colon + 1);
        PropertiesFunction function = context.getPropertiesComponent().getPropertiesFunction(before);
        Optional<String> value = function != null && after != null
                ? Optional.ofNullable(function.apply(after))
                : property(before).or(() -> Optional.ofNullable(after));
        if (value.isEmpty() && !optional) {
            throw new IllegalArgumentException("there is no value of " + before);
        }
        return value.orElse("");
    }

    private Optional<String> property(String name) {
        String value = context.resolvePropertyPlaceholders(START + "?" + name + "?nested=false" + END);
        if (value == null || !value.contains(START)) {
            return Optional.ofNullable(value);
        }
        if (depth == DEEPEST) {
            throw new IllegalArgumentException("the value of %s has itself in it".formatted(name));
        }
        return Optional.of(new Placeholders(context, value, depth + 1).upTo(false));
    }
}
