package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Setting;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.sql.parser.statement.Options;
import dev.tidemill.streaming.Retries;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What WITH of a standing query says: settings, for this query only.
 *
 * @param targetStepMillis 0 where there is none
 */
record QueryOptions(long maxRowsPerStep, long targetStepMillis, Retries retries) {
  private static final List<Setting<?>> KNOWN =
      List.of(
          EngineSettings.MAX_ROWS_PER_STEP,
          EngineSettings.TARGET_STEP_TIME,
          EngineSettings.RETRY_DELAY,
          EngineSettings.MAX_RETRY_DELAY,
          EngineSettings.MAX_RETRIES);

  /** What is written, and {@code settings} where nothing is. */
  static QueryOptions of(Options written, Settings settings) {
    Settings all = settings;
    for (String key : written.values().keySet()) {
      Setting<?> setting = setting(key);
      if (setting == null) {
        String known = KNOWN.stream().map(Setting::name).collect(Collectors.joining(", "));
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
            all.get(EngineSettings.MAX_RETRIES)));
  }

  private static @Nullable Setting<?> setting(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    return KNOWN.stream().filter(known -> known.name().equals(name)).findFirst().orElse(null);
  }
}
