package dev.tidemill.storage.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.storage.table.Offset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A place in a table of files, whose files are numbered in the order they were found.
 *
 * <pre>
 *   {"v":1,"files":12,"position":4711,"without":"0-4,7"}    before: files 0 to 11 without 0 to 4 and 7, and file 12
 *                                                           up to position 4711
 *   {"v":1,"epoch":3,"files":2}                             a table that its writer has replaced three times
 *   {"v":1,"positions":[100,4711]}                          files that grow: each up to its position
 * </pre>
 *
 * @param epoch how often the table had been replaced
 * @param files that are before the place as a whole
 * @param position in file number {@code files}; 0 if nothing of it is before the place
 * @param positions per file, where files grow; else empty
 * @param without numbers of files that are not part of the table as it is seen here: they were gone
 *     or had changed before anything of them was taken
 */
record FilesOffset(long epoch, int files, long position, List<Long> positions, BitSet without) {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static FilesOffset of(long epoch, int files, long position, BitSet without) {
    return new FilesOffset(epoch, files, position, List.of(), without);
  }

  static FilesOffset growing(List<Long> positions) {
    return new FilesOffset(0, 0, 0, List.copyOf(positions), new BitSet());
  }

  boolean isStart() {
    return files == 0 && position == 0 && positions.isEmpty();
  }

  /** How far file number {@code file} is before the place, where files grow. */
  long positionOf(int file) {
    return file < positions.size() ? positions.get(file) : 0;
  }

  Offset toOffset() {
    ObjectNode node = MAPPER.createObjectNode().put("v", VERSION);
    if (epoch != 0) {
      node.put("epoch", epoch);
    }
    if (positions.isEmpty()) {
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
      if (node.path("v").asInt() != VERSION) {
        throw FilesErrors.badOffset(offset.text());
      }
      List<Long> positions = new ArrayList<>();
      node.path("positions").forEach(p -> positions.add(p.asLong()));
      return new FilesOffset(
          node.path("epoch").asLong(),
          node.path("files").asInt(),
          node.path("position").asLong(),
          positions,
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
