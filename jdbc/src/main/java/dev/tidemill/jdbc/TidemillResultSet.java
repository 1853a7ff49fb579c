package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.Page;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows on their way: forward only, read only, fetched page by page. One thread. */
final class TidemillResultSet extends ReadOnlyResultSet {
  private final DatabaseResult result;
  private final @Nullable TidemillStatement statement;
  private final List<ColumnDescription> columns;
  private final Warnings warnings = new Warnings();
  private final long maxRows;
  private final ZoneId timeZone;
  private @Nullable Map<String, Integer> indexes;
  private int fetchSize;

  private @Nullable Page page;
  private int row = -1;
  private long rowNumber;
  private boolean atEnd;
  private int warningsSeen;
  private boolean wasNull;
  private volatile boolean closed;

  /** Rows that the driver has itself. */
  TidemillResultSet(DatabaseResult stored) {
    this(stored, null, 0, 0);
  }

  /**
   * @param maxRows 0 for no limit
   */
  TidemillResultSet(
      DatabaseResult result, @Nullable TidemillStatement statement, long maxRows, int fetchSize) {
    this.result = result;
    this.statement = statement;
    this.columns = result.columns();
    this.maxRows = maxRows;
    this.timeZone = zone(result.timeZone());
    this.fetchSize = fetchSize;
    this.warningsSeen = result.warnings().size();
  }

  /** The zone of a name; UTC where this JVM does not know it. */
  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return ZoneOffset.UTC;
    }
  }

  @Override
  public boolean next() throws SQLException {
    checkOpen();
    if (atEnd) {
      return false;
    }
    if (maxRows > 0 && rowNumber == maxRows) {
      end();
      return false;
    }
    row++;
    if (page == null || row == page.rowCount()) {
      row = 0;
      page = null;
      page = fetch();
      if (page == null) {
        end();
        return false;
      }
    }
    rowNumber++;
    return true;
  }

  private @Nullable Page fetch() throws SQLException {
    int wanted = fetchSize;
    if (maxRows > 0 && (wanted == 0 || wanted > maxRows - rowNumber)) {
      wanted = (int) Math.min(maxRows - rowNumber, Integer.MAX_VALUE);
    }
    try {
      return statement == null ? result.next(wanted) : statement.fetch(result, wanted);
    } catch (DatabaseException e) {
      throw DriverErrors.of(e);
    }
  }

  /** The rows are all read: what they hold is given back at once. */
  private void end() throws SQLException {
    atEnd = true;
    page = null;
    List<String> all = result.warnings();
    all.subList(Math.min(warningsSeen, all.size()), all.size()).forEach(warnings::add);
    warningsSeen = all.size();
    closeResult();
  }

  private void closeResult() throws SQLException {
    try {
      if (statement == null) {
        result.close();
      } else {
        statement.close(result);
      }
    } catch (DatabaseException e) {
      throw DriverErrors.of(e);
    }
  }

  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    page = null;
    try {
      closeResult();
    } finally {
      if (statement != null) {
        statement.resultSetClosed(this);
      }
    }
  }

  /** The connection is closed, and the database's end of this with it. */
  void abandon() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  private void checkOpen() throws SQLException {
    if (closed) {
      throw DriverErrors.resultSetClosed();
    }
  }

  private @Nullable Object value(int column) throws SQLException {
    checkOpen();
    Page current = page;
    if (current == null || rowNumber == 0) {
      throw DriverErrors.noRow(rowNumber == 0 && !atEnd);
    }
    checkColumn(column);
    Object value = current.value(row, column - 1);
    wasNull = value == null;
    return value;
  }

  private void checkColumn(int column) throws SQLException {
    if (column < 1 || column > columns.size()) {
      throw DriverErrors.noColumn(column, columns.size());
    }
  }

  private ColumnType type(int column) {
    return columns.get(column - 1).type();
  }

  @Override
  public boolean wasNull() throws SQLException {
    checkOpen();
    return wasNull;
  }

  /** In any case; of columns that share a name, the first. */
  @Override
  public int findColumn(String label) throws SQLException {
    checkOpen();
    Map<String, Integer> known = indexes;
    if (known == null) {
      known = new HashMap<>();
      for (int i = columns.size(); i > 0; i--) {
        known.put(columns.get(i - 1).name().toLowerCase(Locale.ROOT), i);
      }
      indexes = known;
    }
    Integer index = label == null ? null : known.get(label.toLowerCase(Locale.ROOT));
    if (index == null) {
      throw DriverErrors.noColumn(label, columns.stream().map(ColumnDescription::name).toList());
    }
    return index;
  }

  @Override
  public @Nullable String getString(int column) throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueText.of(type(column), value, timeZone);
  }

  @Override
  public @Nullable String getNString(int column) throws SQLException {
    return getString(column);
  }

  @Override
  public boolean getBoolean(int column) throws SQLException {
    Object value = value(column);
    return value != null && ValueReader.asBoolean(type(column), value);
  }

  @Override
  public byte getByte(int column) throws SQLException {
    return (byte) whole(column, Byte.MIN_VALUE, Byte.MAX_VALUE, "byte");
  }

  @Override
  public short getShort(int column) throws SQLException {
    return (short) whole(column, Short.MIN_VALUE, Short.MAX_VALUE, "short");
  }

  @Override
  public int getInt(int column) throws SQLException {
    return (int) whole(column, Integer.MIN_VALUE, Integer.MAX_VALUE, "int");
  }

  @Override
  public long getLong(int column) throws SQLException {
    return whole(column, Long.MIN_VALUE, Long.MAX_VALUE, "long");
  }

  private long whole(int column, long min, long max, String wanted) throws SQLException {
    Object value = value(column);
    return value == null ? 0 : ValueReader.asLong(type(column), value, min, max, wanted);
  }

  @Override
  public float getFloat(int column) throws SQLException {
    Object value = value(column);
    return value == null ? 0 : ValueReader.asFloat(type(column), value);
  }

  @Override
  public double getDouble(int column) throws SQLException {
    Object value = value(column);
    return value == null ? 0 : ValueReader.asDouble(type(column), value, "double");
  }

  @Override
  public @Nullable BigDecimal getBigDecimal(int column) throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueReader.asBigDecimal(type(column), value, "BigDecimal");
  }

  @Override
  @Deprecated
  public @Nullable BigDecimal getBigDecimal(int column, int scale) throws SQLException {
    BigDecimal value = getBigDecimal(column);
    return value == null ? null : value.setScale(scale, RoundingMode.HALF_UP);
  }

  @Override
  public byte @Nullable [] getBytes(int column) throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueReader.asBytes(type(column), value);
  }

  @Override
  public @Nullable Date getDate(int column) throws SQLException {
    return getDate(column, null);
  }

  @Override
  public @Nullable Date getDate(int column, @Nullable Calendar calendar) throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueReader.asDate(type(column), value, calendar);
  }

  @Override
  public @Nullable Time getTime(int column) throws SQLException {
    return getTime(column, null);
  }

  @Override
  public @Nullable Time getTime(int column, @Nullable Calendar calendar) throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueReader.asTime(type(column), value, calendar);
  }

  @Override
  public @Nullable Timestamp getTimestamp(int column) throws SQLException {
    return getTimestamp(column, null);
  }

  @Override
  public @Nullable Timestamp getTimestamp(int column, @Nullable Calendar calendar)
      throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueReader.asTimestamp(type(column), value, calendar);
  }

  @Override
  public @Nullable InputStream getAsciiStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public @Nullable InputStream getBinaryStream(int column) throws SQLException {
    byte[] bytes = getBytes(column);
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }

  @Override
  public @Nullable Reader getCharacterStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new StringReader(text);
  }

  @Override
  public @Nullable Reader getNCharacterStream(int column) throws SQLException {
    return getCharacterStream(column);
  }

  @Override
  public @Nullable Array getArray(int column) throws SQLException {
    return getObject(column, Array.class);
  }

  @Override
  public @Nullable Object getObject(int column) throws SQLException {
    Object value = value(column);
    return value == null ? null : ValueReader.asObject(type(column), value, timeZone);
  }

  @Override
  public <T> @Nullable T getObject(int column, Class<T> type) throws SQLException {
    if (type == null) {
      throw DriverErrors.badArgument("the class", null, "given");
    }
    Object value = value(column);
    return value == null
        ? null
        : type.cast(ValueReader.asObject(type(column), value, type, timeZone));
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return new TidemillResultSetMetaData(columns);
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings.first();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    warnings.clear();
  }

  /** False where there are no rows; waits for the first ones to know. */
  @Override
  public boolean isBeforeFirst() throws SQLException {
    checkOpen();
    if (rowNumber == 0 && !atEnd && page == null) {
      page = fetch();
    }
    return rowNumber == 0 && page != null;
  }

  /** False where there were no rows. */
  @Override
  public boolean isAfterLast() throws SQLException {
    checkOpen();
    return atEnd && rowNumber > 0;
  }

  @Override
  public boolean isFirst() throws SQLException {
    checkOpen();
    return rowNumber == 1 && !atEnd;
  }

  @Override
  public boolean isLast() throws SQLException {
    throw DriverErrors.unsupported("isLast");
  }

  @Override
  public int getRow() throws SQLException {
    checkOpen();
    return atEnd ? 0 : (int) Math.min(rowNumber, Integer.MAX_VALUE);
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    checkOpen();
    if (direction != FETCH_FORWARD) {
      throw DriverErrors.unsupported("a fetch direction other than FETCH_FORWARD");
    }
  }

  @Override
  public int getFetchDirection() throws SQLException {
    checkOpen();
    return FETCH_FORWARD;
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    checkOpen();
    if (rows < 0) {
      throw DriverErrors.badArgument("the fetch size", rows, "0 or more");
    }
    fetchSize = rows;
  }

  @Override
  public int getFetchSize() throws SQLException {
    checkOpen();
    return fetchSize;
  }

  @Override
  public int getType() throws SQLException {
    checkOpen();
    return TYPE_FORWARD_ONLY;
  }

  @Override
  public int getConcurrency() throws SQLException {
    checkOpen();
    return CONCUR_READ_ONLY;
  }

  @Override
  public int getHoldability() throws SQLException {
    checkOpen();
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public boolean rowUpdated() throws SQLException {
    checkOpen();
    return false;
  }

  @Override
  public boolean rowInserted() throws SQLException {
    checkOpen();
    return false;
  }

  @Override
  public boolean rowDeleted() throws SQLException {
    checkOpen();
    return false;
  }

  /** The statement, or null for rows that come from none. */
  @Override
  public @Nullable Statement getStatement() throws SQLException {
    checkOpen();
    return statement;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrapping.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
