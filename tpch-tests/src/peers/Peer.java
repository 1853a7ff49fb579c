import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An engine that is measured beside Tidemill, in a process of its own. It is told what to do line by line on its input, fields
 * separated by tabs, and answers each line with one:
 *
 * <pre>
 *   open  DIRECTORY  THREADS  MEMORY|-  CACHED    ok             the tables are DIRECTORY/TABLE.parquet; CACHED: read into memory
 *   run   SQL-FILE  RESULT-FILE|-                 ok  MILLIS     from the text to the last row; rows go to the file, if one is named
 *   peak                                          ok  BYTES      the most memory the process has held
 *                                                 error  TEXT    instead of ok
 * </pre>
 *
 * <p>A result file has a line for each row, its values separated by tabs; {@code \N} is NULL.
 */
abstract class Peer {
  static final List<String> TABLES =
      List.of("region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem");

  abstract void open(Path directory, int threads, String memory, boolean cached) throws Exception;

  /** Runs a query; every row goes to {@code rows} unless that is null. */
  abstract void run(String sql, Rows rows) throws Exception;

  /** Takes the rows of a result. */
  interface Rows {
    void add(Object[] row) throws IOException;
  }

  final void serve() throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      String answer;
      try {
        answer = answer(line.split("\t", -1));
      } catch (Exception e) {
        answer = "error\t" + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      }
      answers.println(answer);
      answers.flush();
    }
  }

  private String answer(String[] request) throws Exception {
    switch (request[0]) {
      case "open" -> {
        open(Path.of(request[1]), Integer.parseInt(request[2]), request[3], Boolean.parseBoolean(request[4]));
        return "ok";
      }
      case "run" -> {
        String sql = Files.readString(Path.of(request[1]));
        if (request[2].equals("-")) {
          return "ok\t" + millis(sql, null);
        }
        try (BufferedWriter file = Files.newBufferedWriter(Path.of(request[2]))) {
          return "ok\t" + millis(sql, row -> write(row, file));
        }
      }
      case "peak" -> {
        return "ok\t" + peakBytes();
      }
      default -> throw new IllegalArgumentException("no such request: " + request[0]);
    }
  }

  private double millis(String sql, Rows rows) throws Exception {
    long start = System.nanoTime();
    run(sql, rows);
    return (System.nanoTime() - start) / 1e6;
  }

  private static void write(Object[] row, BufferedWriter file) throws IOException {
    for (int i = 0; i < row.length; i++) {
      file.write(i == 0 ? "" : "\t");
      file.write(row[i] == null ? "\\N" : row[i].toString());
    }
    file.write('\n');
  }

  private static long peakBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return -1;
  }
}
