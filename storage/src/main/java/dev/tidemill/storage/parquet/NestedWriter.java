package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one nested column: takes it apart, part by part and some rows at a time, into the levels
 * and values of its leaves (Melnik et al., Dremel, VLDB 2010). One thread.
 */
final class NestedWriter implements FieldWriter, AutoCloseable {
  /** Rows taken apart at once: their lists may be long. */
  private static final int ROWS = 256;

  /** A part with the entries in which it is not NULL. */
  private sealed interface Part {
    LevelEntries present();

    record Leaf(ChunkWriter chunk, boolean optional, LevelEntries present) implements Part {}

    record Group(List<Part> fields, boolean optional, LevelEntries present) implements Part {}

    record Lists(
        Part element, boolean optional, int repetition, LevelEntries present, LevelEntries elements)
        implements Part {}
  }

  private final ParquetPlace place;
  private final MemoryScope scope;
  private final List<LevelEntries> owned = new ArrayList<>();
  private final LevelEntries rows;
  private final Part root;

  /**
   * A writer for a column.
   *
   * @param leaves the writers of its leaves, in their order; borrowed
   */
  NestedWriter(WrittenNode node, List<ChunkWriter> leaves, ParquetPlace place, MemoryScope scope) {
    this.place = place;
    this.scope = scope;
    this.rows = entries();
    this.root = part(node, new ArrayList<>(leaves));
  }

  private LevelEntries entries() {
    LevelEntries entries = new LevelEntries(scope);
    owned.add(entries);
    return entries;
  }

  /** Takes the writers of its leaves off {@code leaves}. */
  private Part part(WrittenNode node, List<ChunkWriter> leaves) {
    return switch (node) {
      case WrittenNode.Leaf n ->
          new Part.Leaf(leaves.removeFirst(), n.column().optional(), entries());
      case WrittenNode.Group n -> {
        List<Part> fields = new ArrayList<>();
        n.fields().forEach(field -> fields.add(part(field, leaves)));
        yield new Part.Group(fields, n.optional(), entries());
      }
      case WrittenNode.Repeated n ->
          new Part.Lists(
              part(n.element(), leaves), n.optional(), n.repetition(), entries(), entries());
    };
  }

  @Override
  public void write(Column values, @Nullable Selection selection, int from, int count) {
    for (int done = 0; done < count; done += ROWS) {
      rows.takeRows(selection, from + done, Math.min(ROWS, count - done));
      write(root, values, rows);
    }
  }

  private void write(Part part, Column values, LevelEntries above) {
    boolean takesCodes =
        part instanceof Part.Leaf
            && values instanceof DictionaryColumn codes
            && codes.dictionary() instanceof BytesColumn;
    if (values instanceof DictionaryColumn && !takesCodes) {
      try (Column decoded = Columns.decode(values, scope)) {
        write(part, decoded, above);
      }
      return;
    }
    switch (part) {
      case Part.Leaf p -> {
        takePresent(p, p.optional, values, above);
        p.chunk.write(values, p.present);
      }
      case Part.Group p -> {
        takePresent(p, p.optional, values, above);
        for (int i = 0; i < p.fields.size(); i++) {
          write(p.fields.get(i), ((RowColumn) values).field(i), p.present);
        }
      }
      case Part.Lists p -> {
        takePresent(p, p.optional, values, above);
        ListColumn lists = (ListColumn) values;
        p.elements.takeElements(p.present, lists, p.repetition);
        write(p.element, lists.elements(), p.elements);
      }
    }
  }

  private void takePresent(Part part, boolean optional, Column values, LevelEntries above) {
    if (!part.present().takePresent(above, values, optional)) {
      throw ParquetErrors.nullValue(place);
    }
  }

  @Override
  public void close() {
    owned.forEach(LevelEntries::close);
    owned.clear();
  }
}
