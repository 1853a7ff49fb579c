package dev.tidemill.storage.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
 * <p>Files come and go, and the log must not grow for ever: of files that are gone all but the last
 * ones are forgotten but for a fingerprint of 8 bytes (of path, size and time; of the path where
 * files grow), by which one that comes back is known and gets its number again. Then the log is
 * written anew, with lines that stand for so many files in a row:
 *
 * <pre>
 *   {"gone":"q83vASNFZ4k…"}
 * </pre>
 *
 * <p>Where there is no database directory the numbers live as long as the table object. Not
 * thread-safe.
 */
final class IntakeLog {
  /** Of a log whose files have their names, and of one in which some are forgotten. */
  private static final int VERSION = 1;

  private static final int VERSION_OF_FORGETTING = 2;

  /** So many files that are gone have their names, for whoever misses them. */
  static final int NAMED = 1000;

  private static final int FILES_PER_LINE = 1000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FileSystem fileSystem;
  private final FilePattern pattern;
  private final @Nullable String logPath;
  private final String table;
  private final boolean growing;
  private final List<DataFile> files = new ArrayList<>();

  /** Numbers of forgotten files by their fingerprints, and the other way round. */
  private final Map<Long, Integer> forgotten = new HashMap<>();

  private final TreeMap<Integer, Long> fingerprints = new TreeMap<>();
  private int durable;
  private boolean isThere;

  /** The log's length as far as it is whole. */
  private long logBytes;

  /**
   * Reads what is kept.
   *
   * @param logPath where it is kept, or null
   * @param table the table's definition: with another one the numbers begin anew
   * @param growing whether a file is the same whatever its size and time
   */
  IntakeLog(
      FileSystem fileSystem,
      FilePattern pattern,
      @Nullable String logPath,
      String table,
      boolean growing) {
    this.growing = growing;
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
      int version = header.path("v").asInt();
      if (version != VERSION && version != VERSION_OF_FORGETTING) {
        throw FilesErrors.unknownVersion(path, version, VERSION_OF_FORGETTING);
      }
      if (!header.path("table").asText().equals(table)) {
        return;
      }
      for (String line : lines.subList(1, lines.size())) {
        JsonNode node = MAPPER.readTree(line);
        ByteBuffer gone = ByteBuffer.wrap(Base64.getDecoder().decode(node.path("gone").asText()));
        while (gone.remaining() >= Long.BYTES) {
          forget(gone.getLong());
        }
        for (JsonNode file : node.path("files")) {
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
    } catch (IllegalArgumentException e) {
      throw FilesErrors.badMetadata(path, String.valueOf(e.getMessage()));
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

  /** The next number is that of a file of which no more is known. */
  private void forget(long fingerprint) {
    int number = files.size();
    forgotten.put(fingerprint, number);
    fingerprints.put(number, fingerprint);
    files.add(nameless(number));
  }

  private DataFile nameless(int number) {
    return new DataFile(
        fileSystem, pattern.absolute("file number " + number + ", whose name is forgotten"), 0, 0);
  }

  private long fingerprint(String path, long size, long modifiedNanos) {
    byte[] name = pattern.relative(path).getBytes(StandardCharsets.UTF_8);
    long hash = Hash.ofBytes(name, 0, name.length);
    return growing ? hash : Hash.combine(Hash.combine(hash, Hash.mix(size)), modifiedNanos);
  }

  /** The number of a forgotten file that has come back, and is known from now on; else null. */
  @Nullable Integer recall(FileStatus status) {
    if (forgotten.isEmpty()) {
      return null;
    }
    Integer number =
        forgotten.remove(fingerprint(status.path(), status.size(), status.modifiedNanos()));
    if (number != null) {
      fingerprints.remove(number);
      files.set(number, DataFile.of(fileSystem, status));
    }
    return number;
  }

  /**
   * Forgets files that are no more, all but the last ones, once there are many.
   *
   * @param lost numbers of files that cannot be read any more as they were
   * @return the numbers of those that are forgotten now
   */
  BitSet forget(BitSet lost) {
    BitSet named = lost.get(0, logPath == null ? files.size() : durable);
    fingerprints.keySet().forEach(named::clear);
    int known = files.size() - fingerprints.size();
    int count = named.cardinality();
    if (count < 2 * NAMED || count < known / 2) {
      return new BitSet();
    }
    int last = named.length();
    for (int i = 0; i < NAMED; i++) {
      last = named.previousSetBit(last - 1);
      named.clear(last);
    }
    TreeMap<Integer, Long> all = new TreeMap<>(fingerprints);
    named.stream()
        .forEach(
            number -> {
              DataFile file = files.get(number);
              all.put(number, fingerprint(file.path(), file.size(), file.modifiedNanos()));
            });
    if (logPath != null) {
      ChecksumLog.create(fileSystem, logPath, lines(all));
      logBytes = ChecksumLog.read(fileSystem, logPath).bytes();
    }
    fingerprints.putAll(all);
    named.stream()
        .forEach(
            number -> {
              files.set(number, nameless(number));
              forgotten.put(Objects.requireNonNull(all.get(number)), number);
            });
    return named;
  }

  /** The durable files, of which some are forgotten. */
  private List<String> lines(TreeMap<Integer, Long> nameless) {
    List<String> lines = new ArrayList<>();
    lines.add(header(VERSION_OF_FORGETTING));
    int number = 0;
    while (number < durable) {
      int from = number;
      boolean isNameless = nameless.containsKey(from);
      while (number < durable
          && number - from < FILES_PER_LINE
          && nameless.containsKey(number) == isNameless) {
        number++;
      }
      lines.add(isNameless ? gone(nameless.subMap(from, number).values()) : named(from, number));
    }
    return lines;
  }

  private static String gone(Collection<Long> prints) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * prints.size());
    prints.forEach(bytes::putLong);
    return MAPPER
        .createObjectNode()
        .put("gone", Base64.getEncoder().encodeToString(bytes.array()))
        .toString();
  }

  private String named(int from, int to) {
    ObjectNode line = MAPPER.createObjectNode();
    ArrayNode array = line.putArray("files");
    for (DataFile file : files.subList(from, to)) {
      array
          .addArray()
          .add(pattern.relative(file.path()))
          .add(file.size())
          .add(file.modifiedNanos());
    }
    return line.toString();
  }

  private String header(int version) {
    return MAPPER.createObjectNode().put("v", version).put("table", table).toString();
  }

  /** Keeps the first {@code count} files durably. */
  void persist(int count) {
    String path = logPath;
    if (path == null || count <= durable) {
      return;
    }
    try (ChecksumLog log = open(path)) {
      log.append(named(durable, count));
      logBytes = log.size();
    }
    durable = count;
  }

  private ChecksumLog open(String path) {
    if (!isThere) {
      ChecksumLog.create(fileSystem, path, List.of(header(VERSION)));
      logBytes = ChecksumLog.read(fileSystem, path).bytes();
      isThere = true;
    }
    return ChecksumLog.append(fileSystem, path, new ChecksumLog.Content(List.of(), logBytes));
  }
}
