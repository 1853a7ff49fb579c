package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import java.sql.SQLException;
import java.sql.Struct;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A ROW. Independent of the result set it came from. */
final class TidemillStruct implements Struct {
  private final ColumnType type;
  private final List<?> values;
  private final ZoneId session;

  /**
   * @param values of the type's parts, null for NULL
   * @param session by whose clocks instants are shown
   */
  TidemillStruct(ColumnType type, List<?> values, ZoneId session) {
    this.type = type;
    this.values = values;
    this.session = session;
  }

  List<?> values() {
    return values;
  }

  @Override
  public String getSQLTypeName() {
    return type.sql();
  }

  @Override
  public @Nullable Object[] getAttributes() throws SQLException {
    @Nullable Object[] objects = new Object[values.size()];
    for (int i = 0; i < objects.length; i++) {
      Object value = values.get(i);
      objects[i] = value == null ? null : ValueReader.asObject(type.parts().get(i), value, session);
    }
    return objects;
  }

  @Override
  public @Nullable Object[] getAttributes(@Nullable Map<String, Class<?>> classes)
      throws SQLException {
    if (classes != null && !classes.isEmpty()) {
      throw DriverErrors.unsupported("a map of types");
    }
    return getAttributes();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TidemillStruct struct
        && type.equals(struct.type)
        && values.equals(struct.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return ValueText.of(type, values, session);
  }
}
