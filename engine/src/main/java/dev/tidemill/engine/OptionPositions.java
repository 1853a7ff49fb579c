package dev.tidemill.engine;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.statement.Options;
import java.util.function.Supplier;

/**
 * Gives errors about options the place where the option was written. Connectors know names and
 * values only.
 */
final class OptionPositions {
  private OptionPositions() {}

  static <T> T placing(Options options, SourcePosition otherwise, Supplier<T> work) {
    try {
      return work.get();
    } catch (TidemillException e) {
      for (String key : options.values().keySet()) {
        if (e.text().contains("option '" + key + "'")) {
          throw e.at(options.position(key));
        }
      }
      throw e.at(otherwise);
    }
  }
}
