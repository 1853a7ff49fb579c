package dev.tidemill.storage.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.storage.table.Offset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A place in a table of files, whose files are numbered in the order they were found.
 *
 * <pre>
 *   {"v":1,"files":12,"position":4711,"without":"0-4,7"}    before: files 0 to 11 without 0 to 4 and 7, and file 12
 *                                                           up to position 4711
 *   {"v":2,"epoch":3,"rows":[100,4711]}                     a table with a manifest, which its writer has replaced
 *                                                           three times: of each partition so many rows
 *   {"v":1,"positions":[100,4711]}                          files that grow: each up to its position
 * </pre>
 *
 * @param epoch how often the table had been replaced
 * @param files that are before the place as a whole
 * @param position in file number {@code files}; 0 if nothing of it is before the place
 * @param positions per file, where files grow; else empty
 * @param rows per partition, where a manifest tells the rows ({@link WrittenRows}); else empty
 * @param without numbers of files that are not part of the table as it is seen here: they were gone
 *     or had changed before anything of them was taken
 */
record FilesOffset(
    long epoch, int files, long position, List<Long> positions, List<Long> rows, BitSet without) {
  private static final int VERSION = 1;
  private static final int WRITTEN_VERSION = 2;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static FilesOffset of(long epoch, int files, long position, BitSet without) {
    return new FilesOffset(epoch, files, position, List.of(), List.of(), without);
  }

  static FilesOffset growing(List<Long> positions) {
    return new FilesOffset(0, 0, 0, List.copyOf(positions), List.of(), new BitSet());
  }

  static FilesOffset written(long epoch, long[] rows) {
    return new FilesOffset(
        epoch, 0, 0, List.of(), Arrays.stream(rows).boxed().toList(), new BitSet());
  }

  boolean isStart() {
    return files == 0
        && position == 0
        && positions.isEmpty()
        && rows.stream().allMatch(count -> count == 0);
  }

  /** How far file number {@code file} is before the place, where files grow. */
  long positionOf(int file) {
    return file < positions.size() ? positions.get(file) : 0;
  }

  Offset toOffset() {
    ObjectNode node =
        MAPPER.createObjectNode().put("v", rows.isEmpty() ? VERSION : WRITTEN_VERSION);
    if (epoch != 0) {
      node.put("epoch", epoch);
    }
    if (!rows.isEmpty()) {
      ArrayNode array = node.putArray("rows");
      rows.forEach(array::add);
    } else if (positions.isEmpty()) {
      node.put("files", files);
    } else {
      ArrayNode array = node.putArray("positions");
      positions.forEach(array::add);
    }
    if (position != 0) {
      node.put("position", position);
    }
    if (!without.isEmpty()) {
      node.put("without", ranges(without));
    }
    return new Offset(node.toString());
  }

  private static String ranges(BitSet set) {
    StringBuilder text = new StringBuilder();
    for (int from = set.nextSetBit(0); from >= 0; ) {
      int to = set.nextClearBit(from) - 1;
      text.append(text.isEmpty() ? "" : ",").append(from);
      if (to > from) {
        text.append('-').append(to);
      }
      from = set.nextSetBit(to + 1);
    }
    return text.toString();
  }

  static FilesOffset parse(Offset offset) {
    try {
      JsonNode node = MAPPER.readTree(offset.text());
      int version = node.path("v").asInt();
      if (version != VERSION && version != WRITTEN_VERSION) {
        throw FilesErrors.badOffset(offset.text());
      }
      List<Long> positions = new ArrayList<>();
      node.path("positions").forEach(p -> positions.add(p.asLong()));
      List<Long> rows = new ArrayList<>();
      node.path("rows").forEach(count -> rows.add(count.asLong()));
      return new FilesOffset(
          node.path("epoch").asLong(),
          node.path("files").asInt(),
          node.path("position").asLong(),
          positions,
          rows,
          set(node.path("without").asText()));
    } catch (JsonProcessingException | NumberFormatException e) {
      throw FilesErrors.badOffset(offset.text());
    }
  }

  private static BitSet set(String ranges) {
    BitSet set = new BitSet();
    if (!ranges.isEmpty()) {
      for (String range : ranges.split(",", -1)) {
        int dash = range.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
        set.set(from, to + 1);
      }
    }
    return set;
  }
}
