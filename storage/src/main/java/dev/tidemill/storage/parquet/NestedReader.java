package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileInput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one nested field of one row group: the levels and values of its leaves, then from the
 * levels, part by part, offsets and validity. One thread.
 *
 * <p>Example: an ARRAY of INTEGER, both optional, has the entries (repetition, definition) {@code
 * (0,3) (1,2) (0,0) (0,1)} for the rows {@code [7, NULL], NULL, []}: offsets 0, 2, 2, 2.
 */
final class NestedReader implements FieldReader {
  /**
   * A part as the table wants it.
   *
   * <p>Its slots are the entries whose repetition level is at most {@code repetition} and whose
   * definition level is at least {@code slot}.
   */
  private sealed interface Part {
    /** Values. */
    record Leaf(LeafLevels levels) implements Part {}

    /** A field that the file does not have. */
    record Missing(Type type) implements Part {}

    record Row(
        Type.Row type,
        List<Part> fields,
        LeafLevels first,
        int repetition,
        int slot,
        int definition)
        implements Part {}

    /** An ARRAY, or a MAP of entries. */
    record Lists(
        Type type,
        Part element,
        LeafLevels first,
        int repetition,
        int slot,
        int definition,
        int elementDefinition)
        implements Part {}
  }

  private final List<LeafLevels> leaves = new ArrayList<>();
  private final Part root;
  private final ParquetPlace place;
  private final MemoryScope scope;

  NestedReader(
      ParquetNode node,
      Type type,
      FileInput input,
      Footer footer,
      int rowGroup,
      ParquetPlace place,
      MemoryScope scope) {
    this.place = place;
    this.scope = scope;
    try {
      this.root = part(node, type, 0, 0, new Opening(input, footer, rowGroup));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private record Opening(FileInput input, Footer footer, int rowGroup) {}

  /**
   * Whether a file's field can be what the table's column is to be.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if not
   */
  static void check(String name, ParquetNode node, Type type, String file) {
    switch (node) {
      case ParquetNode.Leaf n when !isNested(type) ->
          ColumnAdapter.decodedType(n.column(), type, file);
      case ParquetNode.Repeated n when type instanceof Type.Array t ->
          check(name, n.element(), t.element(), file);
      case ParquetNode.Entries n when type instanceof Type.MapType t -> {
        check(name, n.entries().fields().get(0), t.key(), file);
        check(name, n.entries().fields().get(1), t.value(), file);
      }
      case ParquetNode.Group n when type instanceof Type.Row t -> {
        boolean any = false;
        for (Type.RowField field : t.fields()) {
          ParquetNode found = field(n, field.name());
          if (found != null) {
            check(name, found, field.type(), file);
            any = true;
          }
        }
        if (!any) {
          throw ParquetErrors.columnType(file, name, type, node.type());
        }
      }
      default -> throw ParquetErrors.columnType(file, name, type, node.type());
    }
  }

  private static boolean isNested(Type type) {
    return type instanceof Type.Array || type instanceof Type.MapType || type instanceof Type.Row;
  }

  /** The field of that name, else the first that differs only in case; null where there is none. */
  private static @Nullable ParquetNode field(ParquetNode.Group group, String name) {
    ParquetNode similar = null;
    for (int i = 0; i < group.names().size(); i++) {
      if (group.names().get(i).equals(name)) {
        return group.fields().get(i);
      }
      if (similar == null && group.names().get(i).equalsIgnoreCase(name)) {
        similar = group.fields().get(i);
      }
    }
    return similar;
  }

  private Part part(ParquetNode node, Type type, int repetition, int slot, Opening opening) {
    return switch (node) {
      case ParquetNode.Leaf n -> leaf(n, type, repetition, slot, opening);
      case ParquetNode.Group n ->
          row(n, ((Type.Row) type), repetition, slot, n.definition(), opening);
      case ParquetNode.Repeated n -> {
        Part element =
            part(
                n.element(),
                ((Type.Array) type).element(),
                n.repetition(),
                n.elementDefinition(),
                opening);
        yield new Part.Lists(
            type, element, first(element), repetition, slot, n.definition(), n.elementDefinition());
      }
      case ParquetNode.Entries n -> {
        Type.MapType map = (Type.MapType) type;
        List<Part> fields = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          fields.add(
              part(
                  n.entries().fields().get(i),
                  i == 0 ? map.key() : map.value(),
                  n.repetition(),
                  n.elementDefinition(),
                  opening));
        }
        Part entries =
            new Part.Row(
                map.entries(),
                fields,
                first(fields.get(0)),
                n.repetition(),
                n.elementDefinition(),
                n.elementDefinition());
        yield new Part.Lists(
            type, entries, first(entries), repetition, slot, n.definition(), n.elementDefinition());
      }
    };
  }

  private Part leaf(ParquetNode.Leaf leaf, Type type, int repetition, int slot, Opening opening) {
    Type decoded = ColumnAdapter.decodedType(leaf.column(), type, opening.footer.path());
    PageReader pages =
        new PageReader(
            opening.input,
            opening
                .footer
                .rowGroup(opening.rowGroup)
                .getColumns()
                .get(leaf.column().leaf())
                .getMeta_data(),
            leaf.definition() > 0,
            repetition > 0,
            opening.footer.dataEnd(),
            place,
            scope);
    LeafLevels levels =
        new LeafLevels(
            new ParquetNode.Leaf(leaf.column().as(decoded), leaf.definition()),
            repetition,
            slot,
            new ColumnAdapter(decoded, type, place),
            pages,
            place,
            scope);
    leaves.add(levels);
    return new Part.Leaf(levels);
  }

  private Part row(
      ParquetNode.Group group,
      Type.Row type,
      int repetition,
      int slot,
      int definition,
      Opening opening) {
    List<Part> fields = new ArrayList<>();
    LeafLevels first = null;
    for (Type.RowField field : type.fields()) {
      ParquetNode found = field(group, field.name());
      Part part =
          found == null
              ? new Part.Missing(field.type())
              : part(found, field.type(), repetition, slot, opening);
      fields.add(part);
      first = first == null && found != null ? first(part) : first;
    }
    if (first == null) {
      throw new IllegalStateException("a row without fields was not refused");
    }
    return new Part.Row(type, fields, first, repetition, slot, definition);
  }

  private static LeafLevels first(Part part) {
    return switch (part) {
      case Part.Leaf p -> p.levels();
      case Part.Row p -> p.first();
      case Part.Lists p -> p.first();
      case Part.Missing p -> throw new IllegalStateException("a field that is not there");
    };
  }

  @Override
  public Column read(long start, int rows) {
    for (LeafLevels leaf : leaves) {
      leaf.read(start, rows);
    }
    Column column = column(root);
    if (column.length() != rows) {
      column.close();
      throw apart();
    }
    return column;
  }

  @Override
  public Column read(long start, Selection selection) {
    int span = selection.count() == 0 ? 0 : selection.row(selection.count() - 1) + 1;
    try (Column all = read(start, span)) {
      return Columns.compact(all, selection, scope);
    }
  }

  private RuntimeException apart() {
    return ParquetErrors.malformed(place, "the levels of its columns do not go together");
  }

  private Column column(Part part) {
    return switch (part) {
      case Part.Leaf p -> p.levels().column();
      case Part.Row p -> row(p);
      case Part.Lists p -> lists(p);
      case Part.Missing p -> throw new IllegalStateException("a field that is not there");
    };
  }

  private Column row(Part.Row part) {
    LeafLevels levels = part.first();
    long[] words = new long[HeapBits.words(levels.count())];
    int slots = 0;
    int nulls = 0;
    for (int i = 0; i < levels.count(); i++) {
      int definition = levels.definition(i);
      if (levels.repetition(i) <= part.repetition() && definition >= part.slot()) {
        if (definition >= part.definition()) {
          HeapBits.set(words, slots);
        } else {
          nulls++;
        }
        slots++;
      }
    }
    List<Column> fields = new ArrayList<>();
    try {
      for (Part field : part.fields()) {
        fields.add(
            field instanceof Part.Missing missing
                ? Columns.nulls(missing.type(), slots, scope)
                : column(field));
        if (fields.getLast().length() != slots) {
          throw apart();
        }
      }
      Buffer validity = nulls == 0 ? null : LeafLevels.validity(words, slots, scope);
      return new RowColumn(part.type(), slots, fields, validity);
    } catch (RuntimeException e) {
      fields.forEach(Column::close);
      throw e;
    }
  }

  private Column lists(Part.Lists part) {
    LeafLevels levels = part.first();
    int count = levels.count();
    long[] words = new long[HeapBits.words(count)];
    int[] starts = new int[count + 1];
    int slots = 0;
    int nulls = 0;
    int elements = 0;
    for (int i = 0; i < count; i++) {
      int repetition = levels.repetition(i);
      int definition = levels.definition(i);
      if (repetition <= part.repetition()) {
        if (definition >= part.slot()) {
          if (definition >= part.definition()) {
            HeapBits.set(words, slots);
          } else {
            nulls++;
          }
          starts[slots++] = elements;
        }
      } else if (repetition == part.repetition() + 1 && definition < part.elementDefinition()) {
        throw ParquetErrors.malformed(place, "a list that goes on without an element");
      }
      if (repetition <= part.repetition() + 1 && definition >= part.elementDefinition()) {
        elements++;
      }
    }
    starts[slots] = elements;
    Column inner = column(part.element());
    Buffer offsets = null;
    try {
      if (inner.length() != elements) {
        throw apart();
      }
      if (part.type() instanceof Type.MapType && ((RowColumn) inner).field(0).mayHaveNulls()) {
        throw ParquetErrors.malformed(place, "a key that is NULL");
      }
      offsets = scope.allocate((slots + 1) * 4L);
      for (int i = 0; i <= slots; i++) {
        Memory.putInt(offsets.address() + 4L * i, starts[i]);
      }
      Buffer validity = nulls == 0 ? null : LeafLevels.validity(words, slots, scope);
      return new ListColumn(part.type(), slots, offsets, inner, validity);
    } catch (RuntimeException e) {
      inner.close();
      if (offsets != null) {
        offsets.close();
      }
      throw e;
    }
  }

  @Override
  public long bytesRead() {
    return leaves.stream().mapToLong(LeafLevels::bytesRead).sum();
  }

  @Override
  public long decodedPages() {
    return leaves.stream().mapToLong(LeafLevels::decodedPages).sum();
  }

  @Override
  public long skippedPages() {
    return 0;
  }

  @Override
  public void close() {
    leaves.forEach(LeafLevels::close);
  }
}
