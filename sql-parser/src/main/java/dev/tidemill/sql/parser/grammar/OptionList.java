package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.statement.Options;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The options of one WITH, as they are collected. */
final class OptionList {
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, SourcePosition> positions = new HashMap<>();

  void add(String key, String value, SourcePosition position) {
    if (positions.put(key, position) != null) {
      throw ParserErrors.twice("option '" + key + "'", position);
    }
    values.put(key, value);
  }

  Options build() {
    return new Options(values, positions);
  }
}
