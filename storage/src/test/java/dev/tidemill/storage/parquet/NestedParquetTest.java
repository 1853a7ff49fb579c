package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.FileFormat;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.SchemaElement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nested columns of files that DuckDB writes are read as DuckDB reads them. */
final class NestedParquetTest {
  /** Nested columns with NULLs and empty lists at every level, in {@code %d} rows. */
  static final String NESTED =
      """
      SELECT i AS id,
        CASE WHEN i %% 7 > 0 THEN list_transform(range(i %% 5), lambda x: CASE WHEN (x + i) %% 3 > 0 THEN x * i END) END AS longs,
        list_transform(range(i %% 4), lambda x: CASE WHEN x %% 2 = 0
          THEN 'text ' || (x * i %% 11) || repeat('y', (i %% 20)::INTEGER) END) AS texts,
        CASE WHEN i %% 3 > 0 THEN list_transform(range(i %% 9), lambda x: (x * i) %% 2 = 0) END AS bools,
        CASE WHEN i %% 5 > 0 THEN {'p': i, 'q': CASE WHEN i %% 3 > 0 THEN 'q' || (i %% 9) END,
          'in': CASE WHEN i %% 2 > 0 THEN {'d': DATE '2020-01-01' + (i %% 100)::INTEGER, 'b': i %% 2 = 0} END} END AS struct_,
        CASE WHEN i %% 11 > 0 THEN list_transform(range(i %% 3), lambda x: CASE WHEN x = 0 OR i %% 2 = 0
          THEN {'a': x, 'l': range(x), 's': (i %% 90 + 10.25)::DECIMAL(9,2)} END) END AS structs,
        list_transform(range(i %% 4), lambda x: CASE WHEN x <> 2 THEN list_transform(range((x + i) %% 3), lambda y: y + i) END) AS lists,
        CASE WHEN i %% 6 > 0 THEN map(list_transform(range(i %% 4), lambda x: 'k' || x),
          list_transform(range(i %% 4), lambda x: CASE WHEN x %% 2 = 0 THEN [x, i, NULL] END)) END AS map_,
        {'m': [map([1], [{'deep': [['a', NULL], [], NULL]}]), map([2, 3], [NULL, {'deep': NULL}])]} AS deep,
        CASE WHEN i %% 1000 = 0 THEN range(20000) ELSE [] END AS seldom_long,
        NULL::INTEGER[] AS nothing
      FROM range(%d) t(i)
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "V1, snappy, 2048, 5000",
    "V1, zstd, 122880, 20000",
    "V1, uncompressed, 6144, 9000",
    "V2, snappy, 2048, 5000",
    "V2, zstd, 122880, 20000",
    "V2, uncompressed, 122880, 1",
    "V1, zstd, 122880, 0"
  })
  void readsWhatDuckDbWrites(String version, String codec, int rowGroup, int rows)
      throws SQLException {
    Path path = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet, PARQUET_VERSION %s, CODEC '%s', ROW_GROUP_SIZE %d)"
              .formatted(NESTED.formatted(rows), path, version, codec, rowGroup));
      Schema schema =
          new ParquetFormat(ParquetWriteOptions.DEFAULT)
              .inferSchema(List.of(ParquetFiles.file(path)));
      List<List<@Nullable Object>> found = ParquetFiles.read(path);
      List<List<String>> expected = expected(statement, schema, path);
      assertEquals(expected.size(), found.size());
      for (int row = 0; row < found.size(); row++) {
        List<String> texts = json(schema, found.get(row));
        for (int column = 0; column < texts.size(); column++) {
          String place = schema.getFields().get(column).getName() + " of row " + row;
          assertEquals(expected.get(row).get(column), texts.get(column), place);
        }
      }
    }
  }

  private static List<String> json(Schema schema, List<@Nullable Object> row) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      StringBuilder text = new StringBuilder();
      JsonValueFormat.append(ArrowTypes.type(schema.getFields().get(i)), row.get(i), text);
      texts.add(text.toString());
    }
    return texts;
  }

  private static List<List<String>> expected(Statement statement, Schema schema, Path path)
      throws SQLException {
    StringBuilder columns = new StringBuilder();
    for (Field field : schema.getFields()) {
      columns
          .append(columns.isEmpty() ? "" : ", ")
          .append("COALESCE(to_json(\"")
          .append(field.getName())
          .append("\")::VARCHAR, 'null')");
    }
    List<List<String>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery("SELECT " + columns + " FROM '" + path + "'")) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= schema.getFields().size(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Test
  void aFileHasTheTypesThatItSays() throws SQLException {
    Path path = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(NESTED.formatted(3), path));
    }
    Schema schema =
        new ParquetFormat(ParquetWriteOptions.DEFAULT)
            .inferSchema(List.of(ParquetFiles.file(path)));
    assertEquals(Type.of("BIGINT ARRAY"), type(schema, "longs"));
    assertEquals(
        Type.of("ROW(\"p\" BIGINT, \"q\" VARCHAR, \"in\" ROW(\"d\" DATE, \"b\" BOOLEAN))"),
        type(schema, "struct_"));
    assertEquals(Type.of("MAP<VARCHAR, BIGINT ARRAY>"), type(schema, "map_"));
    assertEquals(
        Type.of("ROW(\"m\" MAP<INTEGER, ROW(\"deep\" VARCHAR ARRAY ARRAY)> ARRAY)"),
        type(schema, "deep"));
  }

  @Test
  void declaredTypesAreReadByName() throws SQLException {
    Path path = directory.resolve("d.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT [1, NULL]::INTEGER[] AS a, {'x': 1, 'y': 'b'} AS r) TO '%s' (FORMAT parquet)"
              .formatted(path));
    }
    Schema schema =
        new Schema(
            List.of(
                ArrowTypes.field("a", Type.of("BIGINT ARRAY"), true),
                ArrowTypes.field(
                    "r", Type.of("ROW(\"Y\" VARCHAR, \"z\" DATE, \"x\" BIGINT)"), true)));
    List<List<@Nullable Object>> rows =
        ParquetFiles.read(
            new ParquetFormat(ParquetWriteOptions.DEFAULT),
            ParquetFiles.file(path),
            0,
            FileFormat.END,
            ParquetFiles.scan(schema));
    assertEquals(
        List.of("[1,null]", "{\"Y\":\"b\",\"z\":null,\"x\":1}"), json(schema, rows.get(0)));
  }

  /** Of lists as old writers have them, by the schema alone. */
  @Test
  void listsOfTwoAndOfThreeLevels() {
    SchemaElement element = value("element", FieldRepetitionType.OPTIONAL);
    check("BIGINT ARRAY", 3, list("l"), group("list", FieldRepetitionType.REPEATED, 1), element);
    check("BIGINT ARRAY", 2, list("l"), value("element", FieldRepetitionType.REPEATED));
    SchemaElement required = value("x", FieldRepetitionType.REQUIRED);
    check(
        "ROW(\"x\" BIGINT) ARRAY",
        2,
        list("l"),
        group("array", FieldRepetitionType.REPEATED, 1),
        required);
    check(
        "ROW(\"x\" BIGINT) ARRAY",
        2,
        list("l"),
        group("l_tuple", FieldRepetitionType.REPEATED, 1),
        required);
    check(
        "ROW(\"x\" BIGINT, \"element\" BIGINT) ARRAY",
        2,
        list("l"),
        group("bag", FieldRepetitionType.REPEATED, 2),
        required,
        element);
    check("BIGINT ARRAY", 1, value("l", FieldRepetitionType.REPEATED));
    check(
        "BIGINT ARRAY ARRAY",
        3,
        list("l"),
        list2("list"),
        value("x", FieldRepetitionType.REPEATED));
  }

  /** {@code levels} is the first leaf's definition level. */
  private static void check(String type, int levels, SchemaElement... elements) {
    SchemaElement root = new SchemaElement("schema");
    root.setNum_children(1);
    List<SchemaElement> schema = new ArrayList<>(List.of(root));
    schema.addAll(List.of(elements));
    ParquetNode node = SchemaReader.read("f", schema, Map.of()).fields().get(0).node("f");
    assertEquals(Type.of(type), node.type());
    assertEquals(levels, node.first().definition());
  }

  private static SchemaElement list(String name) {
    SchemaElement list = group(name, FieldRepetitionType.OPTIONAL, 1);
    list.setConverted_type(ConvertedType.LIST);
    return list;
  }

  private static SchemaElement list2(String name) {
    SchemaElement list = group(name, FieldRepetitionType.REPEATED, 1);
    list.setConverted_type(ConvertedType.LIST);
    return list;
  }

  private static SchemaElement group(String name, FieldRepetitionType repetition, int children) {
    SchemaElement group = new SchemaElement(name);
    group.setRepetition_type(repetition);
    group.setNum_children(children);
    return group;
  }

  private static SchemaElement value(String name, FieldRepetitionType repetition) {
    SchemaElement value = new SchemaElement(name);
    value.setType(org.apache.parquet.format.Type.INT64);
    value.setRepetition_type(repetition);
    return value;
  }

  private static Type type(Schema schema, String column) {
    return ArrowTypes.type(schema.findField(column));
  }
}
