package dev.tidemill.foundation.setting;

import dev.tidemill.foundation.error.TidemillException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Values of settings: those that were set, and the defaults of all others. Immutable; a session
 * replaces its settings at each {@code SET}.
 */
public final class Settings {
  private final Map<String, Setting<?>> known;
  private final Map<Setting<?>, Object> values;

  private Settings(Map<String, Setting<?>> known, Map<Setting<?>, Object> values) {
    this.known = known;
    this.values = values;
  }

  /** The defaults of {@link EngineSettings}. */
  public static Settings defaults() {
    return of(EngineSettings.ALL);
  }

  /** The defaults of {@code settings}; no others are known. */
  public static Settings of(List<Setting<?>> settings) {
    Map<String, Setting<?>> known = new LinkedHashMap<>();
    for (Setting<?> setting : settings) {
      if (known.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("two settings " + setting.name());
      }
    }
    return new Settings(known, Map.of());
  }

  /** The value, or the default where none was set. */
  @SuppressWarnings("unchecked")
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    return value == null ? setting.defaultValue() : (T) value;
  }

  /** As {@link #get}, for numbers that fit an int by their declared range. */
  public int getInt(Setting<Long> setting) {
    return Math.toIntExact(get(setting));
  }

  /**
   * With one more value, read from text. Names match in any case, and without their underscores.
   *
   * @throws TidemillException UNKNOWN_SETTING, naming near ones; INVALID_SETTING
   */
  public Settings with(String name, String text) {
    Setting<?> setting = find(name);
    return put(setting, setting.parse(text));
  }

  /** With one more value. */
  public <T> Settings with(Setting<T> setting, T value) {
    return put(find(setting.name()), value);
  }

  /**
   * With the default of one setting again.
   *
   * @throws TidemillException UNKNOWN_SETTING
   */
  public Settings without(String name) {
    Map<Setting<?>, Object> changed = new LinkedHashMap<>(values);
    changed.remove(find(name));
    return new Settings(known, changed);
  }

  private Settings put(Setting<?> setting, Object value) {
    Map<Setting<?>, Object> changed = new LinkedHashMap<>(values);
    changed.put(setting, value);
    return new Settings(known, changed);
  }

  private Setting<?> find(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    Setting<?> setting = known.get(plain);
    for (Setting<?> each : known.values()) {
      if (setting == null && each.name().replace("_", "").equals(plain)) {
        setting = each;
      }
    }
    if (setting == null) {
      throw SettingErrors.unknown(name, known.keySet());
    }
    return setting;
  }

  /** A row of {@code SHOW SETTINGS}. */
  public record Entry(
      String name, String value, String defaultValue, String expected, String description) {}

  /** All known settings with their values as text. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(known.size());
    for (Setting<?> setting : known.values()) {
      entries.add(entry(setting));
    }
    return entries;
  }

  /**
   * One setting with its value as text.
   *
   * @throws TidemillException UNKNOWN_SETTING
   */
  public Entry entry(String name) {
    return entry(find(name));
  }

  private <T> Entry entry(Setting<T> setting) {
    return new Entry(
        setting.name(),
        setting.format(get(setting)),
        setting.format(setting.defaultValue()),
        setting.expected(),
        setting.description());
  }

  /** The values that were set, as text: what a plan or a child process is given. */
  public Map<String, String> changed() {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Setting<?> setting : values.keySet()) {
      changed.put(setting.name(), entry(setting).value());
    }
    return changed;
  }
}
