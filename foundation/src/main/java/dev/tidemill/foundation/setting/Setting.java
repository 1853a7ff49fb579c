package dev.tidemill.foundation.setting;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.TimeZones;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its name, what its values are, its default and a sentence for {@code SHOW SETTINGS}.
 * Compared by identity; each is declared once, as a constant.
 */
public final class Setting<T> {
  private final String name;
  private final T defaultValue;
  private final String expected;
  private final String description;
  private final Function<String, @Nullable T> parser;
  private final Function<T, String> formatter;

  private Setting(
      String name,
      T defaultValue,
      String expected,
      String description,
      Function<String, @Nullable T> parser,
      Function<T, String> formatter) {
    this.name = name;
    this.defaultValue = defaultValue;
    this.expected = expected;
    this.description = description;
    this.parser = parser;
    this.formatter = formatter;
  }

  /** A whole number from {@code least} to {@code most}. */
  public static Setting<Long> number(
      String name, long defaultValue, long least, long most, String description) {
    String expected =
        most == Long.MAX_VALUE
            ? "a whole number of at least " + least
            : "a whole number from " + least + " to " + most;
    return new Setting<>(
        name,
        defaultValue,
        expected,
        description,
        text -> {
          Long value = Quantities.number(text);
          return value == null || value < least || value > most ? null : value;
        },
        value -> Long.toString(value));
  }

  /**
   * Bytes, written like {@code 512MB}, {@code 2GB} (powers of 1000), {@code 1GiB} (powers of 1024)
   * or a bare number.
   */
  public static Setting<Long> bytes(String name, long defaultBytes, String description) {
    return new Setting<>(
        name,
        defaultBytes,
        "a size like 512MB, 2GB or 1GiB",
        description,
        Quantities::bytes,
        Quantities::bytesText);
  }

  /**
   * A time span, written like {@code 500ms}, {@code 1s}, {@code 5min}, {@code 2h} or {@code 1d}.
   */
  public static Setting<Duration> duration(String name, Duration defaultValue, String description) {
    return new Setting<>(
        name,
        defaultValue,
        "a duration like 500ms, 1s, 5min, 2h or 1d",
        description,
        Quantities::duration,
        Quantities::durationText);
  }

  public static Setting<Boolean> flag(String name, boolean defaultValue, String description) {
    return new Setting<>(
        name,
        defaultValue,
        "true or false",
        description,
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "on" -> true;
              case "false", "off" -> false;
              default -> null;
            },
        value -> Boolean.toString(value));
  }

  /** One of the constants of an enum, written in lower case. */
  public static <E extends Enum<E>> Setting<E> choice(
      String name, E defaultValue, String description) {
    E[] choices = defaultValue.getDeclaringClass().getEnumConstants();
    String expected =
        Arrays.stream(choices)
            .map(c -> c.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return new Setting<>(
        name,
        defaultValue,
        "one of " + expected,
        description,
        text ->
            Arrays.stream(choices)
                .filter(c -> c.name().equalsIgnoreCase(text))
                .findFirst()
                .orElse(null),
        value -> value.name().toLowerCase(Locale.ROOT));
  }

  /** A time zone: a region, an offset from UTC, {@code LOCAL}. */
  public static Setting<ZoneId> zone(String name, ZoneId defaultValue, String description) {
    return new Setting<>(
        name, defaultValue, TimeZones.EXPECTED, description, TimeZones::find, ZoneId::getId);
  }

  public static Setting<String> text(
      String name, String defaultValue, String expected, String description) {
    return new Setting<>(name, defaultValue, expected, description, text -> text, text -> text);
  }

  public String name() {
    return name;
  }

  public T defaultValue() {
    return defaultValue;
  }

  /** What a value must be, to stand behind "must be": {@code a size like 512MB, 2GB or 1GiB}. */
  public String expected() {
    return expected;
  }

  /** One sentence. */
  public String description() {
    return description;
  }

  /**
   * The value that {@code text} means.
   *
   * @throws TidemillException INVALID_SETTING, naming what was expected
   */
  public T parse(String text) {
    T value = parser.apply(text.strip());
    if (value == null) {
      throw SettingErrors.invalid(this, text);
    }
    return value;
  }

  /** The text that {@link #parse} reads back. */
  public String format(T value) {
    return formatter.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
