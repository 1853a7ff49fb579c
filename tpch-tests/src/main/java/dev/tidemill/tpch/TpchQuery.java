package dev.tidemill.tpch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the 22 queries, with the specification's validation parameters.
 *
 * @param number 1 to 22
 */
public record TpchQuery(int number) {
  public static final int COUNT = 22;

  /** All queries, in order. */
  public static List<TpchQuery> all() {
    List<TpchQuery> queries = new ArrayList<>();
    for (int number = 1; number <= COUNT; number++) {
      queries.add(new TpchQuery(number));
    }
    return queries;
  }

  /** {@code q01}. */
  public String name() {
    return "q%02d".formatted(number);
  }

  public String sql() {
    return String.join("\n", lines(name() + ".sql"));
  }

  /**
   * The rows of the answer, values as text.
   *
   * @param scale a scale factor of which answers are there: 0.01 or 1
   * @throws IllegalArgumentException if there is none
   */
  public List<String[]> answer(String scale) {
    List<String> lines = lines("answers/sf" + scale + "/" + name() + ".csv");
    List<String[]> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      rows.add(line.split("\\|", -1));
    }
    return rows;
  }

  private static List<String> lines(String resource) {
    try (@Nullable InputStream in = TpchQuery.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
