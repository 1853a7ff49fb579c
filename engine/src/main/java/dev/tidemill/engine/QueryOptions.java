package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Setting;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.foundation.setting.StatePlace;
import dev.tidemill.sql.parser.statement.Options;
import dev.tidemill.streaming.Retries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What WITH of a standing query says: settings, for this query only.
 *
 * @param targetStepMillis 0 where there is none
 * @param skipsFailing whether rows that an expression fails of are set aside
 */
record QueryOptions(
    long maxRowsPerStep,
    long targetStepMillis,
    Retries retries,
    boolean skipsFailing,
    StatePlace state) {
  private static final String ON_ERROR = "on_error";

  private static final List<Setting<?>> KNOWN =
      List.of(
          EngineSettings.MAX_ROWS_PER_STEP,
          EngineSettings.TARGET_STEP_TIME,
          EngineSettings.RETRY_DELAY,
          EngineSettings.MAX_RETRY_DELAY,
          EngineSettings.MAX_RETRIES,
          EngineSettings.STATE);

  /** What is written, and {@code settings} where nothing is. */
  static QueryOptions of(Options written, Settings settings) {
    Settings all = settings;
    boolean skips = false;
    for (String key : written.values().keySet()) {
      if (key.equalsIgnoreCase(ON_ERROR)) {
        skips = skips(written, key);
        continue;
      }
      Setting<?> setting = setting(key);
      if (setting == null) {
        List<String> known = new ArrayList<>(KNOWN.stream().map(Setting::name).toList());
        known.add(ON_ERROR);
        throw EngineErrors.unknownQueryOption(key, known, written.position(key));
      }
      String text = String.valueOf(written.get(key)).strip();
      try {
        all = all.with(setting.name(), text);
      } catch (TidemillException e) {
        throw EngineErrors.badOption(key, text, setting.expected(), written.position(key));
      }
    }
    Duration first = all.get(EngineSettings.RETRY_DELAY);
    Duration longest = all.get(EngineSettings.MAX_RETRY_DELAY);
    return new QueryOptions(
        all.get(EngineSettings.MAX_ROWS_PER_STEP),
        all.get(EngineSettings.TARGET_STEP_TIME).toMillis(),
        new Retries(
            Math.max(1, first.toMillis()),
            Math.max(1, longest.toMillis()),
            all.get(EngineSettings.MAX_RETRIES)),
        skips,
        all.get(EngineSettings.STATE));
  }

  private static boolean skips(Options written, String key) {
    String text = String.valueOf(written.get(key)).strip();
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "fail" -> false;
      case "skip" -> true;
      default ->
          throw EngineErrors.badOption(
              key,
              text,
              "fail or skip, which sets aside rows that cannot be computed",
              written.position(key));
    };
  }

  private static @Nullable Setting<?> setting(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    return KNOWN.stream().filter(known -> known.name().equals(name)).findFirst().orElse(null);
  }
}
