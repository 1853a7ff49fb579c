package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of random nested columns that DuckDB writes are read as DuckDB reads them: few values and
 * many, NULLs and empty lists at every level, short rows among long ones. {@code
 * -Dtidemill.minutes} makes it longer, {@code -Dtidemill.test.seed} with {@code
 * -Dtidemill.rounds=1} repeats.
 */
final class RandomDuckDbFilesTest {
  private static final int ROUNDS = 3;

  @TempDir Path directory;

  @Test
  void areReadAsDuckDbReadsThem() throws SQLException {
    long minutes = Long.getLong("tidemill.minutes", 0);
    int most = minutes > 0 ? Integer.MAX_VALUE : Integer.getInteger("tidemill.rounds", ROUNDS);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes > 0 ? minutes : 24 * 60);
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    int rounds = 0;
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      for (; rounds < most && System.nanoTime() < end; rounds++) {
        round(statement, seed + rounds);
      }
    }
    System.out.println(rounds + " files of DuckDB from seed " + seed);
  }

  private void round(Statement statement, long seed) throws SQLException {
    Random random = new Random(seed);
    Columns columns = new Columns(random);
    List<String> expressions = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      expressions.add(columns.value("i", random.nextInt(4)) + " AS c" + i);
    }
    int rows = random.nextInt(8) == 0 ? random.nextInt(2) : random.nextInt(6_000);
    Path path = directory.resolve("d.parquet");
    String copy =
        "COPY (SELECT %s FROM range(%d) t(i)) TO '%s' (FORMAT parquet, PARQUET_VERSION %s, CODEC '%s', ROW_GROUP_SIZE %d)"
            .formatted(
                String.join(", ", expressions),
                rows,
                path,
                random.nextBoolean() ? "V1" : "V2",
                List.of("snappy", "zstd", "uncompressed", "lz4_raw").get(random.nextInt(4)),
                2048 * (1 + random.nextInt(3)));
    try {
      statement.execute(copy);
      Schema schema =
          new ParquetFormat(ParquetWriteOptions.DEFAULT)
              .inferSchema(List.of(ParquetFiles.file(path)));
      assertEquals(expected(statement, schema, path), found(schema, path));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + copy, e);
    }
  }

  private static List<String> found(Schema schema, Path path) {
    List<String> texts = new ArrayList<>();
    for (List<@Nullable Object> row : ParquetFiles.read(path)) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        text.append(i == 0 ? "" : "|");
        JsonValueFormat.append(ArrowTypes.type(schema.getFields().get(i)), row.get(i), text);
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static List<String> expected(Statement statement, Schema schema, Path path)
      throws SQLException {
    StringBuilder columns = new StringBuilder();
    for (Field field : schema.getFields()) {
      columns
          .append(columns.isEmpty() ? "" : " || '|' || ")
          .append("COALESCE(to_json(\"")
          .append(field.getName())
          .append("\")::VARCHAR, 'null')");
    }
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery("SELECT " + columns + " FROM '" + path + "'")) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }

  /** Random expressions of a row's number. */
  private static final class Columns {
    private final Random random;
    private int variables;

    Columns(Random random) {
      this.random = random;
    }

    /**
     * A value, NULL now and then.
     *
     * @param of SQL of the number that it depends on
     * @param depth how deeply it is nested at most
     */
    String value(String of, int depth) {
      String value = depth == 0 || random.nextInt(4) == 0 ? leaf(of) : nested(of, depth - 1);
      return switch (random.nextInt(5)) {
        case 0 -> value;
        case 1 -> "CASE WHEN %s = 0 THEN %s END".formatted(number(of, 50), value);
        default ->
            "CASE WHEN %s > 0 THEN %s END".formatted(number(of, 2 + random.nextInt(40)), value);
      };
    }

    private String number(String of, long below) {
      return "(hash(%s + %d) %% %d)".formatted(of, random.nextInt(1_000_000), below);
    }

    private String leaf(String of) {
      long few = 1 + random.nextInt(30);
      long many = 1L << (8 + random.nextInt(40));
      return switch (random.nextInt(9)) {
        case 0 -> number(of, many) + "::BIGINT";
        case 1 -> "(%s::BIGINT - 60)::INTEGER".formatted(number(of, few * 5));
        case 2 -> number(of, 120) + "::TINYINT";
        case 3 -> "(%s = 0)".formatted(number(of, 1 + random.nextInt(6)));
        case 4 -> "('few ' || %s)".formatted(number(of, few));
        case 5 -> "('many ' || %s)".formatted(number(of, many));
        case 6 ->
            "repeat('ä', %s::INTEGER)".formatted(number(of, random.nextInt(8) == 0 ? 3000 : 20));
        case 7 -> "(DATE '1950-01-01' + %s::INTEGER)".formatted(number(of, 30_000));
        default ->
            "(%s::BIGINT + 10.25)::DECIMAL(%d, 2)"
                .formatted(number(of, 1000), 9 + random.nextInt(29));
      };
    }

    private String nested(String of, int depth) {
      return switch (random.nextInt(5)) {
        case 0, 1, 2 -> list(of, length(of), depth);
        case 3 -> {
          List<String> fields = new ArrayList<>();
          for (int i = 0; i < 1 + random.nextInt(3); i++) {
            fields.add("'f" + i + "': " + value(of, depth));
          }
          yield "{" + String.join(", ", fields) + "}";
        }
        default -> {
          String length = length(of);
          yield "map(list_transform(range(%s), lambda k: 'k' || k), %s)"
              .formatted(length, list(of, length, depth));
        }
      };
    }

    private String length(String of) {
      return random.nextInt(10) == 0
          ? "CASE WHEN %s = 0 THEN 3000 ELSE 0 END".formatted(number(of, 700))
          : number(of, 1 + random.nextInt(6)) + "::BIGINT";
    }

    private String list(String of, String length, int depth) {
      String variable = "x" + variables++;
      return "list_transform(range(%s), lambda %s: %s)"
          .formatted(length, variable, value("(" + of + " * 31 + " + variable + ")", depth));
    }
  }
}
