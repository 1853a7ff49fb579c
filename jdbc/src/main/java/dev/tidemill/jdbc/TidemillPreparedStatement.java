package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import dev.tidemill.jdbc.spi.DatabaseStatement;
import dev.tidemill.jdbc.spi.StatementDescription;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement made ready once and run with different parameters. What is bound becomes a value of
 * the parameter's type at once, so that an error names the parameter.
 */
final class TidemillPreparedStatement extends TidemillStatement implements PreparedStatement {
  private final DatabaseStatement statement;
  private final StatementDescription description;
  private final @Nullable Object[] values;
  private final boolean[] set;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  TidemillPreparedStatement(
      TidemillConnection connection,
      DatabaseStatement statement,
      StatementDescription description) {
    super(connection);
    this.statement = statement;
    this.description = description;
    this.values = new Object[description.parameters().size()];
    this.set = new boolean[values.length];
  }

  @Override
  public boolean execute() throws SQLException {
    checkOpen();
    List<@Nullable Object> bound = bound();
    closeCurrent();
    return run(statement, bound);
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    execute();
    return rows("executeQuery");
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    execute();
    return count("executeUpdate");
  }

  @Override
  public int executeUpdate() throws SQLException {
    return toInt(executeLargeUpdate());
  }

  private List<@Nullable Object> bound() throws SQLException {
    for (int i = 0; i < set.length; i++) {
      if (!set[i]) {
        throw DriverErrors.unset(i + 1, set.length);
      }
    }
    return Arrays.asList(values.clone());
  }

  @Override
  public void addBatch() throws SQLException {
    checkOpen();
    rows.add(bound());
  }

  @Override
  public void clearBatch() throws SQLException {
    checkOpen();
    rows.clear();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    checkOpen();
    List<List<@Nullable Object>> batch = new ArrayList<>(rows);
    rows.clear();
    return executeAll(
        batch.size(),
        i -> {
          closeCurrent();
          run(statement, batch.get(i));
          return count("executeBatch");
        });
  }

  @Override
  boolean isPrepared(DatabaseStatement which) {
    return which == statement;
  }

  @Override
  void closePrepared() throws SQLException {
    close(statement);
  }

  @Override
  public void clearParameters() throws SQLException {
    checkOpen();
    Arrays.fill(values, null);
    Arrays.fill(set, false);
  }

  /** Null where the statement gives no rows. */
  @Override
  public @Nullable ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return description.columns().isEmpty()
        ? null
        : new TidemillResultSetMetaData(description.columns());
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    checkOpen();
    return new TidemillParameterMetaData(description.parameters());
  }

  private void bind(int index, @Nullable Object object) throws SQLException {
    checkOpen();
    if (index < 1 || index > values.length) {
      throw DriverErrors.noParameter(index, values.length);
    }
    try {
      values[index - 1] = ParameterValue.of(description.parameters().get(index - 1), object);
    } catch (SQLException e) {
      throw DriverErrors.at(index, e);
    }
    set[index - 1] = true;
  }

  @Override
  public void setObject(int index, @Nullable Object value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setObject(int index, @Nullable Object value, int type) throws SQLException {
    setObject(index, value, type, 0);
  }

  /**
   * First a value of {@code type} (decimals rounded to {@code scale}), then one of the parameter's.
   */
  @Override
  public void setObject(int index, @Nullable Object value, int type, int scale)
      throws SQLException {
    ColumnType asked = JdbcTypes.ofCode(type);
    try {
      if (value instanceof Number
          && (type == java.sql.Types.DECIMAL || type == java.sql.Types.NUMERIC)
          && scale > 0) {
        bind(index, new BigDecimal(value.toString()).setScale(scale, RoundingMode.HALF_UP));
      } else {
        bind(index, asked.kind() == Kind.NULL ? value : ParameterValue.of(asked, value));
      }
    } catch (NumberFormatException e) {
      throw DriverErrors.at(index, DriverErrors.notText(String.valueOf(value), "DECIMAL"));
    }
  }

  @Override
  public void setObject(int index, @Nullable Object value, SQLType type) throws SQLException {
    setObject(index, value, vendorType(type), 0);
  }

  @Override
  public void setObject(int index, @Nullable Object value, SQLType type, int scale)
      throws SQLException {
    setObject(index, value, vendorType(type), scale);
  }

  private static int vendorType(SQLType type) throws SQLException {
    Integer code = type.getVendorTypeNumber();
    if (code == null) {
      throw DriverErrors.unsupported("the type " + type.getName());
    }
    return code;
  }

  @Override
  public void setNull(int index, int type) throws SQLException {
    bind(index, null);
  }

  @Override
  public void setNull(int index, int type, String name) throws SQLException {
    bind(index, null);
  }

  @Override
  public void setBoolean(int index, boolean value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setByte(int index, byte value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setShort(int index, short value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setInt(int index, int value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setLong(int index, long value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setFloat(int index, float value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setDouble(int index, double value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setBigDecimal(int index, @Nullable BigDecimal value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setString(int index, @Nullable String value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setNString(int index, @Nullable String value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setBytes(int index, byte @Nullable [] value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setArray(int index, @Nullable Array value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setDate(int index, @Nullable Date value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setTime(int index, @Nullable Time value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setTimestamp(int index, @Nullable Timestamp value) throws SQLException {
    bind(index, value);
  }

  @Override
  public void setDate(int index, @Nullable Date value, @Nullable Calendar calendar)
      throws SQLException {
    bind(index, value == null || calendar == null ? value : local(value, calendar).toLocalDate());
  }

  @Override
  public void setTime(int index, @Nullable Time value, @Nullable Calendar calendar)
      throws SQLException {
    bind(index, value == null || calendar == null ? value : local(value, calendar).toLocalTime());
  }

  @Override
  public void setTimestamp(int index, @Nullable Timestamp value, @Nullable Calendar calendar)
      throws SQLException {
    if (value == null || calendar == null || isZoned(index)) {
      bind(index, value);
    } else {
      bind(index, local(value, calendar).withNano(value.getNanos()));
    }
  }

  private boolean isZoned(int index) {
    return index >= 1
        && index <= values.length
        && description.parameters().get(index - 1).kind() == Kind.ZONED_TIMESTAMP;
  }

  /** What a clock in the calendar's zone shows. */
  private static LocalDateTime local(java.util.Date value, Calendar calendar) {
    ZoneId zone = calendar.getTimeZone().toZoneId();
    return LocalDateTime.ofInstant(java.time.Instant.ofEpochMilli(value.getTime()), zone);
  }

  @Override
  public void setAsciiStream(int index, @Nullable InputStream value) throws SQLException {
    setAsciiStream(index, value, Long.MAX_VALUE);
  }

  @Override
  public void setAsciiStream(int index, @Nullable InputStream value, int length)
      throws SQLException {
    setAsciiStream(index, value, (long) length);
  }

  @Override
  public void setAsciiStream(int index, @Nullable InputStream value, long length)
      throws SQLException {
    bind(index, value == null ? null : new String(bytes(value, length), StandardCharsets.US_ASCII));
  }

  @Override
  @Deprecated
  public void setUnicodeStream(int index, @Nullable InputStream value, int length)
      throws SQLException {
    throw DriverErrors.unsupported("setUnicodeStream");
  }

  @Override
  public void setBinaryStream(int index, @Nullable InputStream value) throws SQLException {
    setBinaryStream(index, value, Long.MAX_VALUE);
  }

  @Override
  public void setBinaryStream(int index, @Nullable InputStream value, int length)
      throws SQLException {
    setBinaryStream(index, value, (long) length);
  }

  @Override
  public void setBinaryStream(int index, @Nullable InputStream value, long length)
      throws SQLException {
    bind(index, value == null ? null : bytes(value, length));
  }

  @Override
  public void setCharacterStream(int index, @Nullable Reader value) throws SQLException {
    setCharacterStream(index, value, Long.MAX_VALUE);
  }

  @Override
  public void setCharacterStream(int index, @Nullable Reader value, int length)
      throws SQLException {
    setCharacterStream(index, value, (long) length);
  }

  @Override
  public void setCharacterStream(int index, @Nullable Reader value, long length)
      throws SQLException {
    bind(index, value == null ? null : text(value, length));
  }

  @Override
  public void setNCharacterStream(int index, @Nullable Reader value) throws SQLException {
    setCharacterStream(index, value);
  }

  @Override
  public void setNCharacterStream(int index, @Nullable Reader value, long length)
      throws SQLException {
    setCharacterStream(index, value, length);
  }

  @Override
  public void setClob(int index, @Nullable Reader value) throws SQLException {
    setCharacterStream(index, value);
  }

  @Override
  public void setClob(int index, @Nullable Reader value, long length) throws SQLException {
    setCharacterStream(index, value, length);
  }

  @Override
  public void setNClob(int index, @Nullable Reader value) throws SQLException {
    setCharacterStream(index, value);
  }

  @Override
  public void setNClob(int index, @Nullable Reader value, long length) throws SQLException {
    setCharacterStream(index, value, length);
  }

  @Override
  public void setBlob(int index, @Nullable InputStream value) throws SQLException {
    setBinaryStream(index, value);
  }

  @Override
  public void setBlob(int index, @Nullable InputStream value, long length) throws SQLException {
    setBinaryStream(index, value, length);
  }

  private static byte[] bytes(InputStream stream, long length) throws SQLException {
    try {
      return stream.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
    } catch (IOException e) {
      throw DriverErrors.stream(e);
    }
  }

  private static String text(Reader reader, long length) throws SQLException {
    StringWriter text = new StringWriter();
    char[] buffer = new char[4096];
    try {
      long left = length;
      while (left > 0) {
        int count = reader.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (count < 0) {
          break;
        }
        text.write(buffer, 0, count);
        left -= count;
      }
    } catch (IOException e) {
      throw DriverErrors.stream(e);
    }
    return text.toString();
  }

  @Override
  public void setURL(int index, URL value) throws SQLException {
    throw DriverErrors.unsupported("setURL");
  }

  @Override
  public void setRef(int index, Ref value) throws SQLException {
    throw DriverErrors.unsupported("setRef");
  }

  @Override
  public void setBlob(int index, Blob value) throws SQLException {
    throw DriverErrors.unsupported("setBlob with a Blob");
  }

  @Override
  public void setClob(int index, Clob value) throws SQLException {
    throw DriverErrors.unsupported("setClob with a Clob");
  }

  @Override
  public void setNClob(int index, NClob value) throws SQLException {
    throw DriverErrors.unsupported("setNClob with an NClob");
  }

  @Override
  public void setRowId(int index, RowId value) throws SQLException {
    throw DriverErrors.unsupported("setRowId");
  }

  @Override
  public void setSQLXML(int index, SQLXML value) throws SQLException {
    throw DriverErrors.unsupported("setSQLXML");
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    throw DriverErrors.ownText("execute");
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    throw DriverErrors.ownText("executeQuery");
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    throw DriverErrors.ownText("executeUpdate");
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    throw DriverErrors.ownText("executeLargeUpdate");
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    throw DriverErrors.ownText("addBatch");
  }
}
