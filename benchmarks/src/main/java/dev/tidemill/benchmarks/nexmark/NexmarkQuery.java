package dev.tidemill.benchmarks.nexmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One of q0 to q22: a file with a comment and {@code CREATE STANDING QUERY name AS query;}.
 *
 * @param query the SELECT
 */
public record NexmarkQuery(String name, String query) {
  private static final int COUNT = 23;
  private static final Pattern FILE =
      Pattern.compile("(?s)(?:--[^\n]*\n)*CREATE STANDING QUERY (\\w+) AS\n(.*?);\\s*");

  /**
   * Reads the queries of a directory.
   *
   * @param wanted names with commas between them, or null for all
   * @throws IllegalArgumentException if one is not there
   */
  public static List<NexmarkQuery> read(Path directory, @Nullable String wanted)
      throws IOException {
    Set<String> names =
        wanted == null
            ? Set.of()
            : new TreeSet<>(Arrays.asList(wanted.toLowerCase(Locale.ROOT).split("\\s*,\\s*")));
    List<NexmarkQuery> queries = new ArrayList<>();
    for (int number = 0; number < COUNT; number++) {
      String name = "q" + number;
      if (wanted == null || names.contains(name)) {
        queries.add(parse(Files.readString(directory.resolve(name + ".sql"))));
      }
    }
    if (wanted != null && queries.size() < names.size()) {
      throw new IllegalArgumentException(
          "--queries are q0 to q" + (COUNT - 1) + " with commas between them but are " + wanted);
    }
    return queries;
  }

  private static NexmarkQuery parse(String file) {
    Matcher matcher = FILE.matcher(file);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not one standing query: " + file);
    }
    return new NexmarkQuery(matcher.group(1), matcher.group(2));
  }
}
