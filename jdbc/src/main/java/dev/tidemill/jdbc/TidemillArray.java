package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An ARRAY. Independent of the result set it came from. */
final class TidemillArray implements Array {
  private final ColumnType elementType;
  private final List<?> values;
  private final ZoneId session;

  /**
   * @param values of {@code elementType}, null for NULL
   * @param session by whose clocks instants are shown
   */
  TidemillArray(ColumnType elementType, List<?> values, ZoneId session) {
    this.elementType = elementType;
    this.values = values;
    this.session = session;
  }

  List<?> values() {
    return values;
  }

  @Override
  public String getBaseTypeName() {
    return elementType.sql();
  }

  @Override
  public int getBaseType() {
    return JdbcTypes.code(elementType);
  }

  @Override
  public Object getArray() throws SQLException {
    return ValueReader.asObjects(elementType, values, session);
  }

  @Override
  public Object getArray(long index, int count) throws SQLException {
    return ValueReader.asObjects(elementType, part(index, count), session);
  }

  @Override
  public Object getArray(@Nullable Map<String, Class<?>> classes) throws SQLException {
    checkNone(classes);
    return getArray();
  }

  @Override
  public Object getArray(long index, int count, @Nullable Map<String, Class<?>> classes)
      throws SQLException {
    checkNone(classes);
    return getArray(index, count);
  }

  @Override
  public ResultSet getResultSet() throws SQLException {
    return rows(1, values);
  }

  @Override
  public ResultSet getResultSet(long index, int count) throws SQLException {
    return rows(index, part(index, count));
  }

  @Override
  public ResultSet getResultSet(@Nullable Map<String, Class<?>> classes) throws SQLException {
    checkNone(classes);
    return getResultSet();
  }

  @Override
  public ResultSet getResultSet(long index, int count, @Nullable Map<String, Class<?>> classes)
      throws SQLException {
    checkNone(classes);
    return getResultSet(index, count);
  }

  private ResultSet rows(long first, List<?> part) throws SQLException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      rows.add(Arrays.asList(first + i, part.get(i)));
    }
    List<ColumnDescription> columns =
        List.of(
            new ColumnDescription("INDEX", ColumnType.of(Kind.BIGINT), false),
            new ColumnDescription("VALUE", elementType, true));
    return new TidemillResultSet(new StoredResult(columns, rows, session.getId()));
  }

  /**
   * @param index counted from 1
   */
  private List<?> part(long index, int count) throws SQLException {
    if (index < 1 || count < 0 || index - 1 + count > values.size()) {
      throw DriverErrors.badArgument(
          "the part", index + " + " + count, "within 1 to " + values.size());
    }
    return values.subList((int) index - 1, (int) index - 1 + count);
  }

  private static void checkNone(@Nullable Map<String, Class<?>> classes) throws SQLException {
    if (classes != null && !classes.isEmpty()) {
      throw DriverErrors.unsupported("a map of types");
    }
  }

  @Override
  public void free() {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TidemillArray array
        && elementType.equals(array.elementType)
        && values.equals(array.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return ValueText.of(
        new ColumnType(Kind.ARRAY, 0, 0, List.of(elementType), List.of()), values, session);
  }
}
