package dev.tidemill.storage.parquet;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.parquet.format.SchemaElement;
import org.jspecify.annotations.Nullable;

/**
 * A field of a file's schema by its name and number. Tables whose columns may be renamed find them
 * by numbers.
 *
 * @param id the number that its writer gave it, or {@link #NO_ID}
 * @param children of a group: those below; lists and maps have a group of their own around elements
 *     and entries
 */
public record FileField(String name, int id, List<FileField> children) {
  public static final int NO_ID = -1;

  public FileField {
    children = List.copyOf(children);
  }

  /** The field with that number, here or below, or null. */
  public @Nullable FileField find(int wanted) {
    if (id == wanted) {
      return this;
    }
    for (FileField child : children) {
      FileField found = child.find(wanted);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Whether this field or one below has a number. */
  public boolean hasIds() {
    return id != NO_ID || children.stream().anyMatch(FileField::hasIds);
  }

  /** The top-level fields of a schema that {@link SchemaReader} has found sound. */
  static List<FileField> all(List<SchemaElement> elements) {
    Iterator<SchemaElement> rest = elements.iterator();
    return rest.hasNext() ? children(rest.next(), rest, 0) : List.of();
  }

  private static List<FileField> children(
      SchemaElement group, Iterator<SchemaElement> rest, int depth) {
    if (depth == SchemaReader.MAX_DEPTH) {
      pass(group, rest);
      return List.of();
    }
    List<FileField> fields = new ArrayList<>();
    for (int i = 0; i < group.getNum_children() && rest.hasNext(); i++) {
      SchemaElement element = rest.next();
      int id = element.isSetField_id() ? element.getField_id() : NO_ID;
      fields.add(new FileField(element.getName(), id, children(element, rest, depth + 1)));
    }
    return fields;
  }

  /** Passes over what is below, which is deeper than anything that is read. */
  private static void pass(SchemaElement group, Iterator<SchemaElement> rest) {
    long left = Math.max(group.getNum_children(), 0);
    while (left > 0 && rest.hasNext()) {
      left += Math.max(rest.next().getNum_children(), 0) - 1;
    }
  }
}
