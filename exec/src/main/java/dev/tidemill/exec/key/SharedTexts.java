package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts in packed keys of several tables, each with one code for all: a table that these are
 * merged into takes the codes as they are and gives out one dictionary, the same for all such
 * tables.
 *
 * <p>Made by one thread; merges by any number. Closed after the tables.
 */
public final class SharedTexts implements AutoCloseable {
  private final List<OfField> fields = new ArrayList<>();

  private SharedTexts() {}

  /**
   * Of frozen tables for the same types, in so far as it pays: where the tables have many more keys
   * than texts. The form of all is {@link GroupTable.Form#PACKED}.
   */
  public static SharedTexts of(List<GroupTable> tables, MemoryScope memory) {
    SharedTexts shared = new SharedTexts();
    try {
      List<PackedGroupTable> packed = tables.stream().map(PackedGroupTable.class::cast).toList();
      for (int field = 0; field < packed.getFirst().fieldCount(); field++) {
        shared.share(packed, field, memory);
      }
      return shared;
    } catch (Throwable t) {
      shared.close();
      throw t;
    }
  }

  private void share(List<PackedGroupTable> tables, int index, MemoryScope memory) {
    List<TextField> ofTables = new ArrayList<>();
    long keys = 0;
    long texts = 0;
    for (PackedGroupTable table : tables) {
      if (!(table.field(index) instanceof TextField field)) {
        return;
      }
      ofTables.add(field);
      keys += table.groupCount();
      texts += field.textCount();
    }
    if (texts <= keys / 2) {
      OfField shared = new OfField(ofTables.getFirst().emptyTexts(memory));
      fields.add(shared);
      ofTables.forEach(field -> field.share(shared));
    }
  }

  @Override
  public void close() {
    fields.forEach(OfField::close);
    fields.clear();
  }

  /** The texts of one column; code - 1 is the number. */
  static final class OfField {
    private final BytesGroupTable texts;
    private @Nullable Column column;

    private OfField(BytesGroupTable texts) {
      this.texts = texts;
    }

    BytesGroupTable texts() {
      return texts;
    }

    /** All texts, borrowed: made at the first call. */
    synchronized Column column() {
      if (column == null) {
        column = texts.keys().getFirst();
      }
      return column;
    }

    private void close() {
      if (column != null) {
        column.close();
      }
      texts.close();
    }
  }
}
