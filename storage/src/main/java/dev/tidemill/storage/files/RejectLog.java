package dev.tidemill.storage.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileSystem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that were left out, each once however often it is read; durable where there
 * is a database directory. At most a million of them, and of long ones fewer: then reading fails.
 *
 * <pre>
 *   {"v":1,"table":"CREATE TABLE …"}
 *   {"rows":[["a.csv",1700000000000000000,4711,12,"price","x","'x' is not a DOUBLE"]]}
 * </pre>
 */
public final class RejectLog implements RejectHandler {
  private static final int VERSION = 1;
  private static final int MAX_ROWS = 1_000_000;
  private static final long MAX_CHARACTERS = 100_000_000;
  private static final int MAX_TEXT = 1_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FileSystem fileSystem;
  private final UnaryOperator<String> absolute;
  private final UnaryOperator<String> relative;
  private final @Nullable String logPath;
  private final String name;
  private final String table;
  private final boolean growing;
  private final List<Rejected> rows = new ArrayList<>();
  private final Set<Place> known = new HashSet<>();
  private long characters;
  private int durable;
  private boolean isThere;

  /** A row as {@code t$rejected} shows it. */
  record Rejected(Place place, long line, String column, String text, String problem) {}

  /** What tells rejected rows apart: a file as it was, and where in it. */
  record Place(String file, long modifiedNanos, long position) {}

  /** Of what stands in files, which the log names by their paths below the table's. */
  RejectLog(
      FileSystem fileSystem,
      FilePattern pattern,
      @Nullable String logPath,
      String name,
      String table,
      boolean growing) {
    this(fileSystem, pattern::absolute, pattern::relative, logPath, name, table, growing);
  }

  /** Of what stands in sources whose positions stay. */
  public RejectLog(FileSystem fileSystem, @Nullable String logPath, String name, String table) {
    this(fileSystem, source -> source, source -> source, logPath, name, table, true);
  }

  /**
   * Reads what is kept.
   *
   * @param absolute of a source's name in the log its whole name
   * @param relative the other way
   * @param logPath where it is kept, or null
   * @param name of the table
   * @param table the table's definition: with another one the log begins anew
   * @param growing whether files grow: then a place in a file stays the same when the file is
   *     modified
   */
  private RejectLog(
      FileSystem fileSystem,
      UnaryOperator<String> absolute,
      UnaryOperator<String> relative,
      @Nullable String logPath,
      String name,
      String table,
      boolean growing) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.relative = relative;
    this.logPath = logPath;
    this.name = name;
    this.table = table;
    this.growing = growing;
    if (logPath != null && fileSystem.stat(logPath) != null) {
      read(logPath);
    }
  }

  private void read(String path) {
    List<String> lines = ChecksumLog.read(fileSystem, path).lines();
    try {
      if (lines.isEmpty()
          || !MAPPER.readTree(lines.getFirst()).path("table").asText().equals(table)) {
        return;
      }
      int version = MAPPER.readTree(lines.getFirst()).path("v").asInt();
      if (version != VERSION) {
        throw FilesErrors.unknownVersion(path, version, VERSION);
      }
      for (String line : lines.subList(1, lines.size())) {
        for (JsonNode row : MAPPER.readTree(line).path("rows")) {
          Place place =
              new Place(
                  absolute.apply(row.get(0).asText()), row.get(1).asLong(), row.get(2).asLong());
          add(
              new Rejected(
                  place,
                  row.get(3).asLong(),
                  row.get(4).asText(),
                  row.get(5).asText(),
                  row.get(6).asText()));
        }
      }
    } catch (JsonProcessingException e) {
      throw FilesErrors.badMetadata(path, e.getOriginalMessage());
    }
    durable = rows.size();
    isThere = true;
  }

  private void add(Rejected row) {
    if (!known.contains(row.place())) {
      int more = row.column().length() + row.text().length() + row.problem().length();
      if (rows.size() == MAX_ROWS || characters + more > MAX_CHARACTERS) {
        throw FilesErrors.tooManyRejected(name, rows.size());
      }
      known.add(row.place());
      rows.add(row);
      characters += more;
    }
  }

  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "\u2026";
  }

  @Override
  public synchronized void reject(RejectedRow row) {
    Place place = new Place(row.source(), growing ? 0 : row.modifiedNanos(), row.position());
    add(
        new Rejected(
            place, row.line(), row.column(), shortened(row.text()), shortened(row.problem())));
  }

  @Override
  public synchronized void flush() {
    String path = logPath;
    if (path == null || durable == rows.size()) {
      return;
    }
    if (!isThere) {
      ChecksumLog.create(
          fileSystem,
          path,
          List.of(MAPPER.createObjectNode().put("v", VERSION).put("table", table).toString()));
      isThere = true;
    }
    ArrayNode array = MAPPER.createArrayNode();
    for (Rejected row : rows.subList(durable, rows.size())) {
      array
          .addArray()
          .add(relative.apply(row.place().file()))
          .add(row.place().modifiedNanos())
          .add(row.place().position())
          .add(row.line())
          .add(row.column())
          .add(row.text())
          .add(row.problem());
    }
    try (ChecksumLog log =
        ChecksumLog.append(fileSystem, path, ChecksumLog.read(fileSystem, path))) {
      log.append(MAPPER.createObjectNode().set("rows", array).toString());
    }
    durable = rows.size();
  }

  synchronized int count() {
    return rows.size();
  }

  synchronized List<Rejected> rows(int from, int to) {
    return List.copyOf(rows.subList(from, to));
  }
}
