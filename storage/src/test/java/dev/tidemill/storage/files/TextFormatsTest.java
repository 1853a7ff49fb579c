package dev.tidemill.storage.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.foundation.type.Types;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CSV and JSON: what is written is read back, what others write is read, what is malformed is
 * named.
 */
final class TextFormatsTest {
  private static final List<String> FLAT =
      List.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "REAL",
          "DOUBLE",
          "DECIMAL(9,2)",
          "DECIMAL(38,10)",
          "VARCHAR",
          "VARBINARY",
          "DATE",
          "TIME(3)",
          "TIMESTAMP(0)",
          "TIMESTAMP(3)",
          "TIMESTAMP(6)",
          "TIMESTAMP(9)",
          "TIMESTAMP(6) WITH LOCAL TIME ZONE");

  @TempDir private Path directory;
  private TableTester tester;

  @BeforeEach
  void open() {
    tester = new TableTester(directory, null);
  }

  @AfterEach
  void close() {
    tester.close();
  }

  private static String message(Runnable action) {
    return String.valueOf(assertThrows(TidemillException.class, action::run).getMessage());
  }

  private static Schema schema(List<Type> types) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      fields.add(ArrowTypes.field("c " + i, types.get(i), true));
    }
    return new Schema(fields);
  }

  private void write(
      String path, Map<String, String> options, Schema schema, List<List<@Nullable Object>> rows) {
    try (FileExport export =
        FileExport.open(new LocalFileSystem(), directory, path, options, schema, tester.scope)) {
      for (int from = 0; from < rows.size(); from += 1000) {
        List<List<@Nullable Object>> part = rows.subList(from, Math.min(rows.size(), from + 1000));
        try (Batch batch = Batches.fromRows(ArrowTypes.types(schema), part, tester.scope)) {
          export.write(batch);
        }
      }
      export.commit();
    }
  }

  private Table open(Schema schema, String... options) {
    StringBuilder columns = new StringBuilder();
    for (Field field : schema.getFields()) {
      columns
          .append(columns.isEmpty() ? "" : ", ")
          .append(field.getName().replace(" ", ""))
          .append(' ');
      columns.append(ArrowTypes.type(field).sql());
    }
    return tester.table(columns.toString(), options);
  }

  /** Reads one column, and none, of a table: rows are checked whole, whatever is read of them. */
  private void assertEveryScanFails(Table table, String column, String expected) {
    for (List<String> columns : List.of(List.of(column), List.<String>of())) {
      String message = message(() -> tester.rows(table, columns, table.start(), table.end()));
      assertTrue(message.contains(expected), message);
    }
  }

  private static List<Object> comparable(List<List<@Nullable Object>> rows) {
    List<Object> all = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<String> texts = new ArrayList<>();
      row.forEach(
          v -> texts.add(v instanceof byte[] b ? HexFormat.of().formatHex(b) : String.valueOf(v)));
      all.add(texts);
    }
    return all;
  }

  @Test
  void randomRowsComeBackFromCsv() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Map<String, String>> dialects =
        List.of(
            Map.of(),
            Map.of("header", "false"),
            Map.of("delimiter", ";", "quote", "'"),
            Map.of("delimiter", "\\t", "null_string", "\\N"),
            Map.of("escape", "\\", "null_string", "NULL"));
    for (Map<String, String> dialect : dialects) {
      for (int columns : new int[] {1, 18}) {
        List<Type> types = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
          types.add(
              Types.parse(columns == 1 ? FLAT.get(random.nextInt(FLAT.size())) : FLAT.get(i)));
        }
        Schema schema = schemaWithoutSpaces(types);
        List<List<@Nullable Object>> rows =
            new RandomRows(random).rows(types, random.nextInt(300), 0.2);
        write("r.csv", dialect, schema, rows);
        List<String> options = new ArrayList<>(List.of("path", "r.csv"));
        dialect.forEach((k, v) -> options.addAll(List.of(k, v)));
        Table table = open(schema, options.toArray(String[]::new));
        String where = "seed " + seed + " " + dialect + " " + types;
        assertEquals(comparable(rows), comparable(tester.all(table)), where);
        assertCutsAgree(table, random, rows.size(), where);
      }
    }
  }

  private static Schema schemaWithoutSpaces(List<Type> types) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      fields.add(ArrowTypes.field("c" + i, types.get(i), true));
    }
    return new Schema(fields);
  }

  @Test
  void randomRowsComeBackFromJson() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Type> types = new ArrayList<>(FLAT.stream().map(Types::parse).toList());
    types.add(Types.parse("BIGINT ARRAY"));
    types.add(Types.parse("ROW(\"a b\" VARCHAR, \"n\" ROW(\"x\" DOUBLE ARRAY))"));
    types.add(Types.parse("MAP<VARCHAR, DECIMAL(5,2)>"));
    types.add(Types.parse("MAP<INTEGER, TIMESTAMP(6) ARRAY> ARRAY"));
    Schema schema = schemaWithoutSpaces(types);
    List<List<@Nullable Object>> rows = new RandomRows(random).rows(types, 500, 0.2);
    write("r.json", Map.of(), schema, rows);
    FilesConnector connector = new FilesConnector();
    List<TableDefinition.ColumnDefinition> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(new TableDefinition.ColumnDefinition("c" + i, types.get(i), true, null));
    }
    List<String> lines = Files.readAllLines(tester.path("r.json"));
    String space = random.nextBoolean() ? "" : "\n  ";
    tester.put("array.json", space + "[" + String.join(space + "," + space, lines) + space + "]\n");
    List<String> open = lines.stream().map(line -> "{\n" + line.substring(1)).toList();
    tester.put("objects.json", String.join(space, open));
    for (String path : List.of("r.json", "array.json", "objects.json")) {
      Table table =
          connector.open(
              new TableDefinition(
                  "r",
                  columns,
                  null,
                  List.of(),
                  false,
                  Map.of("connector", "files", "path", path),
                  ""),
              tester.context());
      assertEquals(comparable(rows), comparable(tester.all(table)), path + ", seed " + seed);
      assertCutsAgree(table, random, rows.size(), path + ", seed " + seed);
    }
  }

  @Test
  void jsonArraysAndObjectsOverLines() {
    List<String> texts =
        List.of(
            "[{\"a\":1,\"s\":\"]}\\\"\"},{\"a\":2}]",
            "\uFEFF [\r\n {\"a\":\n1, \"s\": \"]}\\\"\"}\n,\n{\"a\":2}\n]\n\n",
            "{\n\"a\": 1,\n\"s\": \"]}\\\"\"\n}\n{\n\"a\": 2}");
    for (String text : texts) {
      tester.put("elements.json", text);
      assertEquals(
          List.of(List.of(1L, "]}\""), Arrays.asList(2L, null)),
          tester.all(tester.table("a BIGINT, s VARCHAR", "path", "elements.json")),
          text);
      assertEquals(
          List.of("a BIGINT", "s VARCHAR"),
          TableTester.types(tester.table("", "path", "elements.json")),
          text);
    }
    tester.put("elements.json", "[ ]");
    assertEquals(List.of(), tester.all(tester.table("a BIGINT", "path", "elements.json")));
    record Case(String text, String expected) {}
    for (Case c :
        List.of(
            new Case("[{\"a\":1},\n{\"a\":2}", "line 2: not a JSON object: the file ends within"),
            new Case("[{\"a\":1},\n{\"a\":2", "line 2: not a JSON object"),
            new Case("[{\"a\":1},\n5,\n{\"a\":2}]", "line 2: not a JSON object"),
            new Case("[{\"a\":1}]\nx", "line 2: not a JSON object"),
            new Case("[{\"a\":1}]\n[{\"a\":1}]", "line 2: not a JSON object"))) {
      tester.put("elements.json", c.text());
      String message = message(() -> tester.all(tester.table("a BIGINT", "path", "elements.json")));
      assertTrue(message.contains(c.expected()), message);
    }
  }

  private void assertCutsAgree(Table table, Random random, int count, String where) {
    List<Object> whole = comparable(tester.all(table));
    List<Object> parts = new ArrayList<>();
    Offset from = table.start();
    int rows = 0;
    while (rows < count) {
      Advance advance = table.advance(from, 1 + random.nextInt(40));
      parts.addAll(comparable(tester.rows(table, from, advance.to())));
      rows += (int) advance.rows();
      assertEquals(parts.size(), rows, where);
      from = advance.to();
    }
    assertEquals(whole, parts, where);
    assertTrue(table.advance(from, 1).caughtUp(), where);
  }

  @Test
  void csvDialects() {
    String bom = "\uFEFF";
    tester.put("a.csv", bom + "Id,Name,\"Co,l\"\r\n1,\"a\r\nb\",x\r\n\r\n2,\"\",\r\n3,,\"q\"\"q\"");
    Table table = tester.table("", "path", "a.csv");
    assertEquals(List.of("Id BIGINT", "Name VARCHAR", "Co,l VARCHAR"), TableTester.types(table));
    assertEquals(
        List.of(
            Arrays.asList(1L, "a\r\nb", "x"),
            Arrays.asList(2L, "", null),
            Arrays.asList(3L, null, "q\"q")),
        tester.all(table));
    // columns by name, in any case and order
    Table named = tester.table("NAME VARCHAR, id INTEGER", "path", "a.csv");
    assertEquals(List.of("a\r\nb", 1), tester.all(named).getFirst());
    assertEquals(
        List.of(List.of(1), List.of(2), List.of(3)),
        tester.rows(named, List.of("id"), named.start(), named.end()));
    tester.put("t.tsv", "1\ta\"b\n2\tc\n");
    assertEquals(
        List.of(List.of(1L, "a\"b"), List.of(2L, "c")),
        tester.all(tester.table("", "path", "t.tsv")));
    tester.put("q.csv", "'1'|'it''s'\n'2'|'NA'\n3|NA\n");
    assertEquals(
        List.of(Arrays.asList(1L, "it's"), Arrays.asList(2L, "NA"), Arrays.asList(3L, null)),
        tester.all(
            tester.table(
                "", "path", "q.csv", "delimiter", "|", "quote", "'", "null_string", "NA")));
    assertTrue(
        message(() -> tester.table("", "path", "q.csv", "delimiter", "||"))
            .contains("must be one ASCII character"));
  }

  @Test
  void csvHeadersAndTypesAreWorkedOut() {
    tester.put(
        "types.csv",
        "i,w,d,z,b,dt,ts,tn,tm,n,m\n"
            + "1,99999999999999999999,1.5,007,true,2024-01-31,2024-01-31 10:00:00,2024-01-31T10:00:00.123456789,10:00:00,,1\n"
            + "-2,5,1e3,010,FALSE,2024-02-29,2024-01-31,2024-01-31 10:00:00,23:59:59.5,,x\n");
    assertEquals(
        List.of(
            "i BIGINT",
            "w DECIMAL(38,0)",
            "d DOUBLE",
            "z VARCHAR",
            "b BOOLEAN",
            "dt DATE",
            "ts TIMESTAMP(6)",
            "tn TIMESTAMP(9)",
            "tm TIME(6)",
            "n VARCHAR",
            "m VARCHAR"),
        TableTester.types(tester.table("", "path", "types.csv")));
    tester.put("none.csv", "1,a\n2,b\n");
    assertEquals(
        List.of("column0 BIGINT", "column1 VARCHAR"),
        TableTester.types(tester.table("", "path", "none.csv")));
    assertEquals(
        List.of(List.of(1L, "a"), List.of(2L, "b")),
        tester.all(tester.table("x BIGINT, y VARCHAR", "path", "none.csv")));
    tester.put("text.csv", "a,a,\nx,y,z\n");
    Table text = tester.table("", "path", "text.csv");
    assertEquals(List.of("a VARCHAR", "a_1 VARCHAR", "column2 VARCHAR"), TableTester.types(text));
    assertEquals(List.of(List.of("x", "y", "z")), tester.all(text));
    assertEquals(2, tester.all(tester.table("", "path", "text.csv", "header", "false")).size());
    tester.put("header.csv", "a,b\n");
    assertEquals(List.of(), tester.all(tester.table("", "path", "header.csv")));
    tester.put("empty.csv", "");
    assertTrue(
        message(() -> tester.table("", "path", "empty.csv")).contains("it is empty; declare them"));
    assertEquals(List.of(), tester.all(tester.table("a BIGINT", "path", "empty.csv")));
    // each file has a header of its own; one without the column does not fit
    tester.put("many/1.csv", "a,b\n1,2\n");
    tester.put("many/2.csv", "b,a\n4,3\n");
    assertEquals(
        List.of(List.of(1L, 2L), List.of(3L, 4L)),
        tester.all(tester.table("", "path", "many", "order_by", "name")));
    Table many = tester.table("", "path", "many", "order_by", "name");
    tester.put("many/3.csv", "c,a\n4,3\n");
    assertTrue(
        message(() -> tester.all(many))
            .contains("3.csv does not fit the table: it has no column b; its header has c, a"));
  }

  @Test
  void malformedCsvIsNamed() {
    record Case(String content, String expected) {}
    for (Case c :
        List.of(
            new Case("x,y\n1,2\n3\n", ", line 3: expected 2 fields but found 1"),
            new Case("x,y\n1,2\n\"3\nlines\",a\n", ", line 3, column x: "),
            new Case("x,y\n1,\"2\n", ", line 2: a quoted field is not closed"),
            new Case("x,y\n1,\"2\"3\n", ", line 2: text stands behind the closing quote"),
            new Case(
                "x,y\n1,99999999999\n",
                ", line 2, column y: '99999999999' is out of range for INTEGER"),
            new Case("x,y\n,1\n", ", line 2, column x: NULL in a column that is NOT NULL"))) {
      tester.put("bad.csv", c.content());
      String message =
          message(
              () ->
                  tester.all(
                      tester.table(
                          "x BIGINT NOT NULL, y INTEGER", "path", "bad.csv", "header", "true")));
      assertTrue(message.startsWith(tester.path("bad.csv") + c.expected()), message);
    }
    tester.put("bad.csv", "x,y\n1,2\n3,z\n");
    assertEveryScanFails(
        tester.table("x BIGINT, y INTEGER", "path", "bad.csv"), "x", ", line 3, column y: 'z'");
    tester.put("utf.csv", new byte[] {'s', '\n', 'o', 'k', '\n', (byte) 0xC3, 'x', '\n'});
    String message = message(() -> tester.all(tester.table("s VARCHAR", "path", "utf.csv")));
    assertTrue(message.contains("line 3, column s"), message);
  }

  @Test
  void jsonValuesAndKeys() {
    tester.put(
        "a.json",
        "\uFEFF{\"id\":1,\"Name\":\"\\u0041\\ud83d\\ude00\\n\",\"x\":{\"y\":[1,2]}}\r\n\n"
            + "  {\"ID\":7,\"name\":null,\"id\":2.0,\"unknown\":[{}]}  \n{}\n{\"id\":3,\"id\":4e0,\"name\":{\"a\": 1}}");
    Table table = tester.table("id BIGINT, name VARCHAR", "path", "a.json");
    assertEquals(
        List.of(
            List.of(1L, "A😀\n"),
            Arrays.asList(2L, null),
            Arrays.asList(null, null),
            List.of(4L, "{\"a\": 1}")),
        tester.all(table));
    tester.put(
        "s.json",
        "{\"i\":1,\"d\":1.5,\"s\":\"x\",\"t\":\"2024-01-31 10:00:00\",\"l\":[{\"a\":1},{\"b\":\"x\"}],\"m\":1,\"n\":null}\n"
            + "{\"m\":\"x\",\"i\":12345678901234567890,\"late\":true}\n");
    assertEquals(
        List.of(
            "i DECIMAL(38,0)",
            "d DOUBLE",
            "s VARCHAR",
            "t TIMESTAMP(6)",
            "l ROW(\"a\" BIGINT, \"b\" VARCHAR) ARRAY",
            "m VARCHAR",
            "n VARCHAR",
            "late BOOLEAN"),
        TableTester.types(tester.table("", "path", "s.json")));
    Table exact = tester.table("d DECIMAL(38,20)", "path", "exact.json");
    tester.put("exact.json", "{\"d\":0.12345678901234567891}\n{\"d\":123456789012345678}\n");
    assertEquals(
        "[[0.12345678901234567891], [123456789012345678.00000000000000000000]]",
        tester.all(exact).toString());
  }

  @Test
  void malformedJsonIsNamed() {
    record Case(String line, String expected) {}
    for (Case c :
        List.of(
            new Case(
                "{\"x\":1",
                ", line 2: not a JSON object: the line ends where ',' is expected (column 7)"),
            new Case("[1]", ", line 2: not a JSON object: expected '{' but found '[1]'"),
            new Case("{\"x\":1}}", ", line 2: not a JSON object: "),
            new Case("{\"x\":01}", ", line 2: not a JSON object: "),
            new Case("{\"x\":\"a\tb\"}", ", line 2: not a JSON object: a control character"),
            new Case("{\"x\":1.5}", ", line 2, column x: 1.5 is not a whole number"),
            new Case("{\"x\":1e30}", ", line 2, column x: 1e30 is out of range for BIGINT"),
            new Case("{\"x\":true}", ", line 2, column x: true is not a value of type BIGINT"),
            new Case("{\"x\":\"y\"}", ", line 2, column x: 'y' is not a BIGINT"),
            new Case(
                "{\"s\":\"\\ud800\"}", ", line 2, column s: an escape is half of a character"))) {
      tester.put("bad.json", "{\"x\":1}\n" + c.line() + "\n");
      String message =
          message(() -> tester.all(tester.table("x BIGINT, s VARCHAR", "path", "bad.json")));
      assertTrue(message.startsWith(tester.path("bad.json") + c.expected()), message);
    }
    tester.put("bad.json", "{\"x\":1}\n{\"x\":2,\"y\":\"z\"}\n");
    assertEveryScanFails(
        tester.table("x BIGINT, y INTEGER", "path", "bad.json"), "x", ", line 2, column y: 'z'");
    tester.put("bad.json", ("{\"s\":\"" + "é" + "\"}\n").getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(
        message(() -> tester.all(tester.table("s VARCHAR", "path", "bad.json")))
            .contains("line 1, column s"));
    tester.put("array.json", "[[{\"x\":1}]]\n");
    assertTrue(
        message(() -> tester.table("", "path", "array.json"))
            .contains("an array, where an object is expected"));
  }

  @Test
  void duckDbReadsWhatWeWrite() throws SQLException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    List<Type> types =
        List.of(
            Type.BIGINT,
            Type.DOUBLE,
            new Type.Decimal(12, 3),
            Type.DATE,
            Type.TIMESTAMP,
            Type.BOOLEAN,
            Type.VARCHAR);
    Schema schema = schemaWithoutSpaces(types);
    List<List<@Nullable Object>> rows = new RandomRows(new Random(seed)).rows(types, 400, 0.1);
    rows.removeIf(row -> String.valueOf(row.get(6)).indexOf(0) >= 0);
    write("ours.csv", Map.of(), schema, rows);
    write("ours.json", Map.of(), schema, rows);
    String columns =
        "{c0:'BIGINT',c1:'DOUBLE',c2:'DECIMAL(12,3)',c3:'DATE',c4:'TIMESTAMP',c5:'BOOLEAN',c6:'VARCHAR'}";
    for (String read :
        List.of(
            "read_csv('%s', columns=%s, header=true, quote='\"', escape='\"', delim=',', new_line='\\n', allow_quoted_nulls=false)"
                .formatted(tester.path("ours.csv"), columns),
            "read_json('%s', columns=%s, format='newline_delimited')"
                .formatted(tester.path("ours.json"), columns))) {
      List<String> expected = new ArrayList<>();
      rows.forEach(row -> expected.add(duckText(row)));
      List<String> found = new ArrayList<>();
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duck.createStatement();
          ResultSet result =
              statement.executeQuery(
                  "SELECT c0::VARCHAR, c1, c2::VARCHAR, c3::VARCHAR, epoch_us(c4)::VARCHAR, c5::VARCHAR, c6 FROM "
                      + read)) {
        while (result.next()) {
          StringBuilder row = new StringBuilder();
          for (int i = 1; i <= 7; i++) {
            row.append(
                i == 2 && result.getObject(2) != null
                    ? (Object) result.getDouble(2)
                    : result.getString(i));
            row.append('|');
          }
          found.add(row.toString());
        }
      }
      assertEquals(expected.size(), found.size(), "seed " + seed);
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i), found.get(i), "seed " + seed);
      }
    }
  }

  private static String duckText(List<@Nullable Object> row) {
    StringBuilder text = new StringBuilder();
    for (Object value : row) {
      if (value instanceof LocalDateTime time) {
        text.append(ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time));
      } else {
        text.append(value);
      }
      text.append('|');
    }
    return text.toString();
  }

  @Test
  void weReadWhatDuckDbWrites() throws SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          """
          CREATE TABLE t AS SELECT i, i * 1.5::DOUBLE AS d, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 5 = 0 THEN ''
            WHEN i % 3 = 0 THEN 'a,"b"' || chr(10) || 'c' ELSE 'x' || i END AS s, DATE '2024-01-01' + i::INTEGER AS day,
            TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS ts, i % 2 = 0 AS b
          FROM range(1, 3000) r(i)""");
      statement.execute("COPY t TO '%s' (HEADER)".formatted(tester.path("duck.csv")));
      statement.execute("COPY t TO '%s' (FORMAT json)".formatted(tester.path("duck.json")));
      List<List<@Nullable Object>> expected = new ArrayList<>();
      try (ResultSet result =
          statement.executeQuery("SELECT i, d, s, day, ts, b FROM t ORDER BY i")) {
        while (result.next()) {
          expected.add(
              Arrays.asList(
                  result.getLong(1),
                  result.getDouble(2),
                  result.getString(3),
                  result.getObject(4, LocalDate.class),
                  result.getObject(5, LocalDateTime.class),
                  result.getBoolean(6)));
        }
      }
      for (String file : List.of("duck.csv", "duck.json")) {
        Table table = tester.table("", "path", file);
        assertEquals(
            List.of(
                "i BIGINT", "d DOUBLE", "s VARCHAR", "day DATE", "ts TIMESTAMP(6)", "b BOOLEAN"),
            TableTester.types(table));
        assertEquals(expected, tester.all(table), file);
      }
    }
  }

  @Test
  void exportsReplaceFilesAndRefuseDirectories() {
    Schema schema = schema(List.of(Type.BIGINT));
    tester.put("x.csv", "old");
    try (FileExport export =
        FileExport.open(
            new LocalFileSystem(), directory, "x.csv", Map.of(), schema, tester.scope)) {
      assertEquals(0, export.rows());
    }
    assertEquals("old", tester.read("x.csv"));
    write("x.csv", Map.of(), schema, List.of(List.of(1L)));
    assertEquals("c 0\n1\n", tester.read("x.csv"));
    tester.put("dir.csv/y", "");
    assertTrue(
        message(() -> write("dir.csv", Map.of(), schema, List.of())).contains("is a directory"));
    assertTrue(
        message(() -> write("x.txt", Map.of(), schema, List.of()))
            .contains("does not say its format"));
    assertTrue(
        message(() -> write("x.csv", Map.of("headr", "x"), schema, List.of()))
            .contains("no option 'headr'"));
    assertTrue(
        message(
                () ->
                    write(
                        "x.csv", Map.of(), schema(List.of(Types.parse("BIGINT ARRAY"))), List.of()))
            .contains("CSV files cannot hold BIGINT ARRAY"));
  }
}
