package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code WITH (…)}: keys and values as plain text, in the order written. Keys are
 * case-sensitive and occur once. Values are as written: {@code ${env:NAME}} is not resolved here.
 *
 * @param values by key
 * @param positions where each key was written
 */
public record Options(Map<String, String> values, Map<String, SourcePosition> positions) {
  public static final Options NONE = new Options(Map.of(), Map.of());

  public Options {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    positions = Map.copyOf(positions);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public @Nullable String get(String key) {
    return values.get(key);
  }

  /** Where the key was written, or null if it was not. */
  public @Nullable SourcePosition position(String key) {
    return positions.get(key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Options options && values.equals(options.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /**
   * In canonical SQL, with the parentheses: {@code ('connector' = 'files', 'path' = 'data/bids')}.
   */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(
            option ->
                StatementText.literal(option.getKey())
                    + " = "
                    + StatementText.literal(option.getValue()))
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
