package dev.tidemill.storage.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a table in the order they were found, which gives each its number for ever. Offsets
 * name numbers, so what an offset that is kept refers to must be kept first: {@link #persist}.
 *
 * <pre>
 *   {"v":1,"table":"CREATE TABLE …"}
 *   {"files":[["a.json",120,1700000000000000000],["b.json",80,1700000000000000005]]}
 *   {"files":[["older.json",10,1600000000000000000]]}       came later, though it looks older
 * </pre>
 *
 * <p>Where there is no database directory the numbers live as long as the table object. Not
 * thread-safe.
 */
final class IntakeLog {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FileSystem fileSystem;
  private final FilePattern pattern;
  private final @Nullable String logPath;
  private final String table;
  private final List<DataFile> files = new ArrayList<>();
  private int durable;
  private boolean isThere;

  /** The log's length as far as it is whole. */
  private long logBytes;

  /**
   * Reads what is kept.
   *
   * @param logPath where it is kept, or null
   * @param table the table's definition: with another one the numbers begin anew
   */
  IntakeLog(FileSystem fileSystem, FilePattern pattern, @Nullable String logPath, String table) {
    this.fileSystem = fileSystem;
    this.pattern = pattern;
    this.logPath = logPath;
    this.table = table;
    if (logPath != null && fileSystem.stat(logPath) != null) {
      read(logPath);
    }
  }

  private void read(String path) {
    ChecksumLog.Content content = ChecksumLog.read(fileSystem, path);
    List<String> lines = content.lines();
    try {
      if (lines.isEmpty()) {
        return;
      }
      JsonNode header = MAPPER.readTree(lines.getFirst());
      if (header.path("v").asInt() != VERSION) {
        throw FilesErrors.unknownVersion(path, header.path("v").asInt(), VERSION);
      }
      if (!header.path("table").asText().equals(table)) {
        return;
      }
      for (String line : lines.subList(1, lines.size())) {
        for (JsonNode file : MAPPER.readTree(line).path("files")) {
          files.add(
              new DataFile(
                  fileSystem,
                  pattern.absolute(file.get(0).asText()),
                  file.get(1).asLong(),
                  file.get(2).asLong()));
        }
      }
    } catch (JsonProcessingException e) {
      throw FilesErrors.badMetadata(path, e.getOriginalMessage());
    }
    durable = files.size();
    logBytes = content.bytes();
    isThere = true;
  }

  /** All files, by number; the list grows with {@link #add}. */
  List<DataFile> files() {
    return files;
  }

  void add(FileStatus status) {
    files.add(DataFile.of(fileSystem, status));
  }

  /** Keeps the first {@code count} files durably. */
  void persist(int count) {
    String path = logPath;
    if (path == null || count <= durable) {
      return;
    }
    ObjectNode line = MAPPER.createObjectNode();
    ArrayNode array = line.putArray("files");
    for (DataFile file : files.subList(durable, count)) {
      array
          .addArray()
          .add(pattern.relative(file.path()))
          .add(file.size())
          .add(file.modifiedNanos());
    }
    try (ChecksumLog log = open(path)) {
      log.append(line.toString());
      logBytes = log.size();
    }
    durable = count;
  }

  private ChecksumLog open(String path) {
    if (!isThere) {
      ChecksumLog.create(
          fileSystem,
          path,
          List.of(MAPPER.createObjectNode().put("v", VERSION).put("table", table).toString()));
      logBytes = ChecksumLog.read(fileSystem, path).bytes();
      isThere = true;
    }
    return ChecksumLog.append(fileSystem, path, new ChecksumLog.Content(List.of(), logBytes));
  }
}
