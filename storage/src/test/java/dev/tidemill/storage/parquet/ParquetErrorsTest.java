package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong or not supported is said by name. */
final class ParquetErrorsTest {
  @TempDir Path directory;

  private Path write(String query, String options) throws SQLException {
    Path path = directory.resolve("e.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("COPY (%s) TO '%s' (FORMAT parquet%s)".formatted(query, path, options));
    }
    return path;
  }

  private void assertFails(Path path, String message) {
    TidemillException e = assertThrows(TidemillException.class, () -> ParquetFiles.read(path));
    assertEquals(message.replace("FILE", path.toString()), e.getMessage());
  }

  private void assertFails(Path path, Field declared, String message) {
    DataFile file = ParquetFiles.file(path);
    ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);
    Schema schema = new Schema(List.of(declared));
    TidemillException e =
        assertThrows(
            TidemillException.class,
            () -> ParquetFiles.read(format, file, 0, FileFormat.END, ParquetFiles.scan(schema)));
    assertEquals(message.replace("FILE", path.toString()), e.getMessage());
  }

  @Test
  void notParquet() throws IOException {
    Path path = directory.resolve("x.parquet");
    Files.writeString(path, "a,b,c\n1,2,3\n4,5,6\n");
    assertFails(
        path,
        "not a Parquet file: FILE: a file starts and ends with PAR1 but this one does not end so");
    Files.writeString(path, "PAR1");
    assertFails(
        path,
        "not a Parquet file: FILE: a file starts and ends with PAR1 but this one has 4 bytes");
    Files.write(path, "PAR1xxxx\7\7\7\7PAR1".getBytes(StandardCharsets.US_ASCII));
    assertFails(path, "malformed Parquet footer: FILE: 117901063 bytes long in a file of 16");
  }

  @Test
  void truncated() throws SQLException, IOException {
    Path path = write("SELECT i FROM range(1000) t(i)", "");
    Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 2000));
    assertFails(
        path,
        "not a Parquet file: FILE: a file starts and ends with PAR1 but this one does not end so");
  }

  @Test
  void pageOfAnotherVersionThanItsHeader() throws SQLException, IOException {
    Path path = write("SELECT i FROM range(1000) t(i)", ", CODEC 'uncompressed'");
    byte[] file = Files.readAllBytes(path);
    // The first field of the first page's header: an integer, DATA_PAGE in Thrift's zigzag.
    assertEquals(0x15, file[4]);
    assertEquals(0, file[5]);
    file[5] = 2 * 3;
    Files.write(path, file);
    assertFails(
        path,
        "malformed Parquet data: FILE, column i, row group 0: a data page without its header");
  }

  @Test
  void intervalsWithMonths() throws SQLException {
    Path path = write("SELECT 1 AS a, [INTERVAL 1 MONTH] AS l", "");
    assertFails(
        path,
        "an interval of the file has months, which INTERVAL DAY TO SECOND has not: FILE, column l,"
            + " row group 0");
    path = write("SELECT INTERVAL 1 YEAR AS v", "");
    assertFails(
        path,
        "an interval of the file has months, which INTERVAL DAY TO SECOND has not: FILE, column v,"
            + " row group 0");
  }

  @Test
  void unsupportedCompression() throws SQLException {
    Path path = write("SELECT i FROM range(1000) t(i)", ", CODEC 'brotli'");
    assertFails(path, "Parquet compression BROTLI is not supported: FILE, column i, row group 0");
  }

  @Test
  void declaredTypesThatDoNotFit() throws SQLException {
    Path path =
        write(
            "SELECT CASE WHEN i > 0 THEN i * 1000 END AS v, 'text' || i AS t FROM range(100) t(i)",
            "");
    assertFails(
        path,
        ArrowTypes.field("v", Type.DATE, true),
        "column v is DATE but in the file it is BIGINT: FILE");
    assertFails(
        path,
        ArrowTypes.field("v", Type.SMALLINT, true),
        "a value does not fit SMALLINT: FILE, column v, row group 0: 33000");
    assertFails(
        path,
        ArrowTypes.field("v", Type.BIGINT, false),
        "the column is NOT NULL but a value is NULL: FILE, column v, row group 0");
    assertFails(
        path,
        ArrowTypes.field("t", new Type.Varchar(5), true),
        "a value does not fit VARCHAR(5): FILE, column t, row group 0: text of 6 bytes");
    assertFails(
        path,
        ArrowTypes.field("w", Type.BIGINT, false),
        "column w is NOT NULL but the file has no such column: FILE");
  }
}
