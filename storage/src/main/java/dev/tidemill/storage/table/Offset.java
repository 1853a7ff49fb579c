package dev.tidemill.storage.table;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A place in a table's history: everything before it has been read. Only the table that made it
 * understands it; equal places have equal texts.
 *
 * @param text the connector's own writing, kept in step logs: its form is versioned by the
 *     connector
 */
public record Offset(@JsonValue String text) {
  @JsonCreator
  public Offset {}

  @Override
  public String toString() {
    return text;
  }
}
