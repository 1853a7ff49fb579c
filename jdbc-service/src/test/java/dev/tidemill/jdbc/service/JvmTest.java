package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What another JVM sees: one that was started without the engine's flags, and one that finds the
 * database taken.
 */
final class JvmTest {
  private static final String SHUFFLE =
      "SELECT COUNT(*) FROM tpch.sf0_01.nation a JOIN tpch.sf0_01.nation b ON a.n_nationkey = b.n_nationkey";

  @TempDir Path directory;

  /**
   * Runs statements over a connection, the first argument; prints warnings, values and errors, a
   * line each.
   */
  public static final class Client {
    private Client() {}

    public static void main(String[] arguments) {
      try (Connection connection = DriverManager.getConnection(arguments[0]);
          Statement statement = connection.createStatement()) {
        for (SQLWarning warning = connection.getWarnings();
            warning != null;
            warning = warning.getNextWarning()) {
          System.out.println("warning " + warning.getMessage());
        }
        for (String sql : Arrays.asList(arguments).subList(1, arguments.length)) {
          if (statement.execute(sql)) {
            ResultSet rows = statement.getResultSet();
            while (rows.next()) {
              System.out.println(rows.getString(1));
            }
          }
        }
      } catch (SQLException e) {
        System.out.println(e.getSQLState() + " " + e.getMessage());
      }
    }
  }

  private static List<String> run(List<String> flags, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Client.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> output = lines.lines().collect(Collectors.toList());
      assertEquals(0, process.waitFor());
      return output;
    } catch (IOException e) {
      process.destroy();
      throw e;
    }
  }

  @Test
  void withoutFlagsQueriesRunAndWarningsNameThem() throws Exception {
    List<String> output = run(List.of(), "jdbc:tidemill:", SHUFFLE);
    assertEquals(3, output.size(), output.toString());
    assertTrue(output.get(0).endsWith(JvmFlags.OPEN_BUFFERS), output.toString());
    assertTrue(output.get(1).endsWith(JvmFlags.NATIVE_ACCESS), output.toString());
    assertEquals("25", output.get(2));
  }

  @Test
  void deniedNativeAccessNamesTheFlag() throws Exception {
    List<String> output =
        run(List.of("--illegal-native-access=deny"), "jdbc:tidemill:", "SELECT 1");
    assertEquals(1, output.size(), output.toString());
    assertTrue(
        output.get(0).startsWith("55000 the engine cannot reach off-heap memory"),
        output.toString());
    assertTrue(output.get(0).contains(JvmFlags.NATIVE_ACCESS), output.toString());
  }

  @Test
  void memoryWithoutItsFlagsNamesThem() throws Exception {
    String url = "jdbc:tidemill:?exchange_through_ipc=true&join_distribution=shuffle";
    List<String> closed = run(List.of(JvmFlags.NATIVE_ACCESS), url, SHUFFLE);
    String text = closed.get(closed.size() - 1);
    assertTrue(
        text.startsWith("55000 ") && text.contains(JvmFlags.OPEN_BUFFERS), closed.toString());
    assertFalse(text.contains(JvmFlags.NATIVE_ACCESS), closed.toString());
    List<String> deny =
        List.of(
            JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_BUFFERS, "--sun-misc-unsafe-memory-access=deny");
    List<String> denied = run(deny, url, SHUFFLE);
    assertEquals(1, denied.size(), denied.toString());
    assertTrue(
        denied.get(0).startsWith("55000 ") && denied.get(0).contains(JvmFlags.UNSAFE),
        denied.toString());
    assertFalse(denied.get(0).contains(JvmFlags.OPEN_BUFFERS), denied.toString());
  }

  @Test
  void aDirectoryIsOfOneProcess() throws Exception {
    String url = "jdbc:tidemill:" + directory.resolve("db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t AS SELECT 1 AS a");
      List<String> refused = run(JvmFlags.ALL, url, "SELECT a FROM t");
      assertEquals(1, refused.size(), refused.toString());
      assertTrue(refused.get(0).startsWith("58030 "), refused.toString());
      assertTrue(
          refused.get(0).contains("process " + ProcessHandle.current().pid()), refused.toString());
    }
    assertEquals(List.of("1"), run(JvmFlags.ALL, url, "SELECT a FROM t"));
  }
}
