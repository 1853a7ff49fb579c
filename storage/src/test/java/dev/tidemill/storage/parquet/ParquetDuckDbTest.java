package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files that DuckDB writes are read as DuckDB reads them; files written here are read by DuckDB.
 */
final class ParquetDuckDbTest {
  /**
   * One column of each type, some rows NULL, values of few and of many kinds, in {@code %d} rows.
   */
  static final String EVERYTHING =
      """
      SELECT i AS id,
        CASE WHEN i %% 3 > 0 THEN i %% 2 = 0 END AS bool,
        i %% 2 = 0 AS bool_all,
        CASE WHEN i %% 5 > 0 THEN (i %% 256 - 128)::TINYINT END AS tiny,
        CASE WHEN i %% 5 > 0 THEN (i %% 60000 - 30000)::SMALLINT END AS small,
        (i * 7919 %% 4000000000 - 2000000000)::INTEGER AS plain_int,
        CASE WHEN i %% 7 > 0 THEN i * 1000003 END AS big,
        CASE WHEN i %% 5 > 1 THEN (i %% 256)::UTINYINT END AS utiny,
        (i %% 65536)::USMALLINT AS usmall,
        (i * 7919 %% 4294967296)::UINTEGER AS uint,
        CASE WHEN i %% 4 > 0 THEN 18446744073709551615::UBIGINT - i::UBIGINT END AS ubig,
        CASE WHEN i %% 4 > 0 THEN i::UBIGINT END AS ubig_small,
        CASE WHEN i %% 11 > 0 THEN (i / 7)::FLOAT END AS real_,
        CASE WHEN i %% 11 > 0 THEN i / 7 END AS double_,
        (i %% 10000 / 100)::DECIMAL(4,2) AS dec4,
        CASE WHEN i %% 3 > 0 THEN (i / 100)::DECIMAL(9,2) END AS dec9,
        CASE WHEN i %% 3 > 0 THEN (i * 1000 / 100)::DECIMAL(15,2) END AS dec15,
        CASE WHEN i %% 3 > 0
          THEN i::DECIMAL(38,10) * (CASE WHEN i %% 2 = 0 THEN -12345678901234567 ELSE 1 END) END AS dec38,
        (i %% 1000)::DECIMAL(30,3) AS dec30_small,
        'k' || (i %% 17) AS few,
        CASE WHEN i %% 13 > 0 THEN 'näme ' || i || repeat('x', (i %% 50)::INTEGER) END AS many,
        CASE WHEN i %% 997 = 0 THEN repeat('long ', 5000) || i ELSE '' END AS long_text,
        CASE WHEN i %% 3 > 0 THEN encode('b' || i) END AS bytes,
        CASE WHEN i %% 3 > 0 THEN DATE '1969-01-01' + (i %% 30000)::INTEGER END AS date_,
        CASE WHEN i %% 3 > 0 THEN TIME '00:00:00' + to_microseconds(i * 1234567 %% 86400000000) END AS time_,
        CASE WHEN i %% 3 > 0 THEN TIMESTAMP '1960-01-01 00:00:00' + to_microseconds(i * 123456789012) END AS ts,
        (TIMESTAMP '2020-01-01 00:00:00' + to_milliseconds(i * 1234567))::TIMESTAMP_MS AS ts_ms,
        (TIMESTAMP '2020-01-01 00:00:00' + to_microseconds(i * 1234567))::TIMESTAMP_NS AS ts_ns,
        (md5(i::VARCHAR))::UUID AS uuid_,
        NULL::INTEGER AS nothing,
        NULL::VARCHAR AS no_text
      FROM range(%d) t(i)
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "V1, snappy, 2048, 5000",
    "V1, zstd, 122880, 20000",
    "V1, gzip, 4096, 9000",
    "V1, uncompressed, 6144, 20000",
    "V1, lz4_raw, 6144, 7000",
    "V2, snappy, 2048, 5000",
    "V2, zstd, 122880, 20000",
    "V2, uncompressed, 10240, 30000",
    "V2, lz4_raw, 122880, 1",
    "V1, zstd, 122880, 0"
  })
  void readsWhatDuckDbWrites(String version, String codec, int rowGroup, int rows)
      throws SQLException {
    Path path = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet, PARQUET_VERSION %s, CODEC '%s', ROW_GROUP_SIZE %d)"
              .formatted(EVERYTHING.formatted(rows), path, version, codec, rowGroup));
      assertEquals(query(statement, path), ParquetFiles.read(path));
    }
  }

  @ParameterizedTest
  @CsvSource({"ZSTD, 1", "ZSTD, 2", "SNAPPY, 2", "SNAPPY, 1", "UNCOMPRESSED, 1"})
  void duckDbReadsWhatIsWritten(CompressionCodec codec, int pageVersion) throws SQLException {
    Path source = directory.resolve("d.parquet");
    Path copy = directory.resolve("t.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet)".formatted(EVERYTHING.formatted(18_000), source));
      List<List<@Nullable Object>> rows = ParquetFiles.read(source);
      DataFile file = ParquetFiles.file(source);
      Schema schema = new ParquetFormat(ParquetWriteOptions.DEFAULT).inferSchema(List.of(file));
      ParquetFiles.write(
          copy, schema, new ParquetWriteOptions(codec, 3, 7_000, pageVersion), rows, 1000);
      assertEquals(rows, query(statement, copy));
      assertEquals(rows, ParquetFiles.read(copy));
      List<String> filters =
          List.of(
              "id = 17000",
              "few = 'k3'",
              "date_ < DATE '1970-01-01'",
              "ts IS NULL",
              "dec15 > 99.5");
      for (String filter : filters) {
        assertEquals(count(statement, source, filter), count(statement, copy, filter), filter);
      }
    }
  }

  @Test
  void dictionariesOfEveryRowGroupDiffer() throws SQLException {
    Path path = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          """
          COPY (SELECT CASE WHEN i %% 10 > 0 THEN 'value ' || ((i * 7919 + i // 2048) %% 23) END AS a,
                  CASE WHEN (i // 2048) %% 2 = 0 THEN 'x' || (i %% 3) ELSE 'unique ' || i END AS b
                FROM range(100000) t(i)) TO '%s' (FORMAT parquet, ROW_GROUP_SIZE 2048)
          """
              .formatted(path));
      assertEquals(query(statement, path), ParquetFiles.read(path));
    }
  }

  @Test
  void declaredTypesAreKept() throws SQLException {
    Path path = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          """
          COPY (SELECT i AS a, i::REAL AS b, i::DECIMAL(9,2) AS c, 'n' || i AS d,
                  TIMESTAMP '2020-01-01 00:00:00' + to_seconds(i) AS e
                FROM range(3) t(i)) TO '%s' (FORMAT parquet)
          """
              .formatted(path));
    }
    Schema declared =
        new Schema(
            List.of(
                ArrowTypes.field("A", Type.INTEGER, true),
                ArrowTypes.field("b", Type.DOUBLE, true),
                ArrowTypes.field("c", new Type.Decimal(18, 2), true),
                ArrowTypes.field("d", new Type.Varchar(2), true),
                ArrowTypes.field("e", new Type.Timestamp(3), true),
                ArrowTypes.field("missing", Type.DATE, true)));
    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add(i);
      row.add((double) i);
      row.add(new BigDecimal(i).setScale(2));
      row.add("n" + i);
      row.add(LocalDateTime.of(2020, 1, 1, 0, 0, i));
      row.add(null);
      expected.add(row);
    }
    DataFile file = ParquetFiles.file(path);
    ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);
    assertEquals(
        expected, ParquetFiles.read(format, file, 0, Long.MAX_VALUE, ParquetFiles.scan(declared)));
    for (Field field : declared.getFields()) {
      assertEquals(true, field.isNullable());
    }
  }

  private static long count(Statement statement, Path path, String filter) throws SQLException {
    try (ResultSet result =
        statement.executeQuery("SELECT COUNT(*) FROM '%s' WHERE %s".formatted(path, filter))) {
      result.next();
      return result.getLong(1);
    }
  }

  private static List<List<@Nullable Object>> query(Statement statement, Path path)
      throws SQLException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery("SELECT * FROM '%s'".formatted(path))) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int c = 1; c <= columns; c++) {
          row.add(value(result, c));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static @Nullable Object value(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    if (value == null) {
      return null;
    }
    return switch (result.getMetaData().getColumnTypeName(column)) {
      case "DATE" -> result.getObject(column, LocalDate.class);
      case "TIME" -> result.getObject(column, LocalTime.class);
      case "TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS" ->
          result.getObject(column, LocalDateTime.class);
      case "BLOB" -> {
        Blob blob = result.getBlob(column);
        yield ByteBuffer.wrap(blob.getBytes(1, (int) blob.length()));
      }
      case "UBIGINT" ->
          new BigDecimal(value instanceof BigInteger big ? big : new BigInteger(value.toString()));
      default -> value instanceof UUID uuid ? uuid.toString() : value;
    };
  }

  /** What the planner estimates by: dictionaries say how many values there are. */
  @Test
  void dictionariesTellTheDistinctValues(@TempDir Path directory) throws SQLException {
    Path path = directory.resolve("distinct.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          COPY (SELECT 'name ' || (i %% 25) AS name, i %% 50 AS size, 'text ' || i AS text
                FROM range(20000) t(i))
          TO '%s' (FORMAT parquet, ROW_GROUP_SIZE 4096)
          """
              .formatted(path));
    }
    DataFile file = ParquetFiles.file(path);
    ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);
    var columns = format.statistics(file, format.inferSchema(List.of(file))).columns();
    assertEquals(25, Objects.requireNonNull(columns.get("name")).distinct());
    assertEquals(50, Objects.requireNonNull(columns.get("size")).distinct());
  }

  @Test
  void intervalsOfDuckDbAreTakenUnlessTheyHaveMonths() throws SQLException {
    Path path = directory.resolve("i.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT to_days(i::INTEGER) + to_milliseconds(i * 7) AS i FROM range(3) t(i))"
              + " TO '%s' (FORMAT parquet)".formatted(path));
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        expected.add(List.of(Duration.ofDays(i).plusMillis(i * 7)));
      }
      assertEquals(expected, ParquetFiles.read(path));
      statement.execute(
          "COPY (SELECT INTERVAL 1 MONTH AS i) TO '%s' (FORMAT parquet)".formatted(path));
      String refusal =
          assertThrows(TidemillException.class, () -> ParquetFiles.read(path)).getMessage();
      assertTrue(refusal.contains("has months"), refusal);
      assertTrue(refusal.contains("i.parquet"), refusal);
    }
  }
}
