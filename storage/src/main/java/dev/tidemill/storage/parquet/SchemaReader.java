package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * From a file's schema to columns. What old writers said by converted types counts where no logical
 * type stands.
 *
 * <ul>
 *   <li>A timestamp that says it is adjusted to UTC is TIMESTAMP WITH LOCAL TIME ZONE, others, and
 *       those of old writers, TIMESTAMP. Where a table declares TIMESTAMP, an adjusted one is the
 *       date and time in UTC.
 *   <li>INT96 is TIMESTAMP(9). Unsigned integers become the next wider type, UINT64 DECIMAL(20,0).
 *   <li>UUIDs become text, FLOAT16 REAL, ENUM and JSON text, BSON and what says nothing bytes.
 *   <li>INTERVAL is INTERVAL DAY TO SECOND: a value with months is refused where it is read. Our
 *       own files keep intervals as integers, see {@link IntervalNotes}.
 *   <li>Lists of three levels and, as old writers have them, of two become ARRAYs, maps MAPs, other
 *       groups ROWs, what is repeated without saying more an ARRAY.
 * </ul>
 */
final class SchemaReader {
  private static final int UUID_BYTES = 16;

  /** Deeper fields are refused: whoever reads them goes down by recursion. */
  static final int MAX_DEPTH = 64;

  private final String file;
  private final List<SchemaElement> elements;

  /** The interval types that the file notes beside its schema, by leaf. */
  private final Map<Integer, Type> intervals;

  private int next = 1;
  private int leaves;

  /** Why the field at hand cannot be read. */
  private String problem = "";

  private SchemaReader(String file, List<SchemaElement> elements, Map<Integer, Type> intervals) {
    this.file = file;
    this.elements = elements;
    this.intervals = intervals;
  }

  /** The top-level fields and the number of leaves. */
  record Fields(List<ParquetField> fields, int leaves) {}

  static Fields read(String file, List<SchemaElement> elements, Map<Integer, Type> intervals) {
    if (elements.isEmpty()) {
      throw ParquetErrors.malformedFooter(file, "it has no schema");
    }
    SchemaReader reader = new SchemaReader(file, elements, intervals);
    List<ParquetField> fields = new ArrayList<>();
    int count = elements.get(0).getNum_children();
    for (int i = 0; i < count; i++) {
      fields.add(reader.field());
    }
    if (reader.next != elements.size()) {
      throw ParquetErrors.malformedFooter(
          file,
          "its schema has " + elements.size() + " elements but " + reader.next + " hang together");
    }
    return new Fields(fields, reader.leaves);
  }

  private ParquetField field() {
    SchemaElement element = take();
    String name = element.getName();
    boolean repeated = element.getRepetition_type() == FieldRepetitionType.REPEATED;
    if (isGroup(element) || repeated) {
      int before = next;
      int leavesBefore = leaves;
      problem = "";
      ParquetNode node = node(element, 0, 0, 0);
      if (node == null) {
        next = before;
        leaves = leavesBefore;
        if (isGroup(element)) {
          passChildren(element);
        } else {
          leaves++;
        }
        return new ParquetField(name, null, null, problem);
      }
      return new ParquetField(name, null, node, "");
    }
    int leaf = leaves++;
    boolean optional = element.getRepetition_type() == FieldRepetitionType.OPTIONAL;
    ParquetColumn column = column(element, leaf, optional);
    return column == null
        ? new ParquetField(name, null, null, "a column of " + describe(element))
        : new ParquetField(name, column, null, "");
  }

  private static boolean isGroup(SchemaElement element) {
    return element.isSetNum_children() && element.getNum_children() > 0 || !element.isSetType();
  }

  /**
   * The part that begins with {@code element}, which has been taken, or null where it cannot be
   * read, with {@link #problem} set.
   *
   * @param definition the definition level of what it stands in
   * @param repetition the repetition level of what it stands in
   */
  private @Nullable ParquetNode node(
      SchemaElement element, int definition, int repetition, int depth) {
    if (depth > MAX_DEPTH) {
      return refused("a column nested more than " + MAX_DEPTH + " deep");
    }
    FieldRepetitionType kind = element.getRepetition_type();
    if (kind == FieldRepetitionType.REPEATED) {
      ParquetNode one = present(element, definition + 1, repetition + 1, depth);
      return one == null
          ? null
          : new ParquetNode.Repeated(one, definition, definition + 1, repetition + 1);
    }
    int own = kind == FieldRepetitionType.OPTIONAL ? definition + 1 : definition;
    return present(element, own, repetition, depth);
  }

  /** The part without its own repetition: {@code definition} says that it is there. */
  private @Nullable ParquetNode present(
      SchemaElement element, int definition, int repetition, int depth) {
    if (!isGroup(element)) {
      ParquetColumn column = column(element, leaves++, definition > 0);
      return column == null
          ? refused("a column of " + describe(element))
          : new ParquetNode.Leaf(column, definition);
    }
    LogicalType logical = element.getLogicalType();
    ConvertedType converted = element.getConverted_type();
    if (logical != null && logical.isSetVARIANT()) {
      return refused("a VARIANT column");
    }
    if (logical != null && logical.isSetLIST() || converted == ConvertedType.LIST) {
      return list(element, definition, repetition, depth);
    }
    if (logical != null && logical.isSetMAP()
        || converted == ConvertedType.MAP
        || converted == ConvertedType.MAP_KEY_VALUE) {
      return map(element, definition, repetition, depth);
    }
    return group(element, definition, repetition, depth);
  }

  private @Nullable ParquetNode group(
      SchemaElement element, int definition, int repetition, int depth) {
    List<String> names = new ArrayList<>();
    List<ParquetNode> fields = new ArrayList<>();
    for (int i = 0; i < element.getNum_children(); i++) {
      SchemaElement child = take();
      ParquetNode field = node(child, definition, repetition, depth + 1);
      if (field == null) {
        return null;
      }
      names.add(child.getName());
      fields.add(field);
    }
    return fields.isEmpty()
        ? refused("a group without columns")
        : new ParquetNode.Group(names, fields, definition);
  }

  /**
   * A LIST: its repeated child is a group around the element, or, as old writers have it, the
   * element itself.
   */
  private @Nullable ParquetNode list(
      SchemaElement element, int definition, int repetition, int depth) {
    if (element.getNum_children() != 1) {
      return refused("a list of " + element.getNum_children() + " columns");
    }
    SchemaElement child = take();
    if (child.getRepetition_type() != FieldRepetitionType.REPEATED) {
      return refused("a list whose child is not repeated");
    }
    boolean isElement =
        !isGroup(child)
            || child.getNum_children() != 1
            || child.getName().equals("array")
            || child.getName().equals(element.getName() + "_tuple")
            || next < elements.size()
                && elements.get(next).getRepetition_type() == FieldRepetitionType.REPEATED;
    ParquetNode one =
        isElement
            ? present(child, definition + 1, repetition + 1, depth + 1)
            : node(take(), definition + 1, repetition + 1, depth + 1);
    return one == null
        ? null
        : new ParquetNode.Repeated(one, definition, definition + 1, repetition + 1);
  }

  private @Nullable ParquetNode map(
      SchemaElement element, int definition, int repetition, int depth) {
    if (element.getNum_children() != 1) {
      return refused("a map of " + element.getNum_children() + " columns");
    }
    SchemaElement child = take();
    if (child.getRepetition_type() != FieldRepetitionType.REPEATED
        || !isGroup(child)
        || child.getNum_children() != 2) {
      return refused("a map whose child is no repeated group of key and value");
    }
    ParquetNode entries = group(child, definition + 1, repetition + 1, depth + 1);
    return entries == null
        ? null
        : new ParquetNode.Entries(
            (ParquetNode.Group) entries, definition, definition + 1, repetition + 1);
  }

  private @Nullable ParquetNode refused(String what) {
    problem = "a nested column (" + what + ")";
    return null;
  }

  private SchemaElement take() {
    if (next >= elements.size()) {
      throw ParquetErrors.malformedFooter(file, "its schema ends before its last column");
    }
    SchemaElement element = elements.get(next++);
    if (element.getName() == null) {
      throw ParquetErrors.malformedFooter(file, "its schema has a column without a name");
    }
    return element;
  }

  /**
   * Passes over the elements below {@code group}, without recursion: files may nest as deep as they
   * like.
   */
  private void passChildren(SchemaElement group) {
    long left = Math.max(group.getNum_children(), 0);
    while (left > 0) {
      SchemaElement element = take();
      left--;
      if (element.getNum_children() > 0) {
        left += element.getNum_children();
      } else if (element.isSetType()) {
        leaves++;
      }
    }
  }

  private static String describe(SchemaElement element) {
    StringBuilder text = new StringBuilder(element.getType().toString());
    if (element.getLogicalType() != null && element.getLogicalType().getSetField() != null) {
      text.append(" as ").append(element.getLogicalType().getSetField().name());
    } else if (element.getConverted_type() != null) {
      text.append(" as ").append(element.getConverted_type());
    }
    if (element.isSetPrecision()) {
      text.append(
          " of %d digits, %d behind the point"
              .formatted(element.getPrecision(), element.getScale()));
    }
    return text.toString();
  }

  /** The column, or null where it cannot be read. */
  private @Nullable ParquetColumn column(SchemaElement element, int leaf, boolean optional) {
    ParquetColumn column = plainColumn(element, leaf, optional);
    Type interval = intervals.get(leaf);
    if (interval == null || column == null) {
      return column;
    }
    boolean fits =
        interval instanceof Type.MonthInterval
            ? column.type().equals(Type.INTEGER)
            : column.type().equals(Type.BIGINT);
    return fits ? of(element.getName(), leaf, column.physical(), interval, 0, optional) : column;
  }

  private static @Nullable ParquetColumn plainColumn(
      SchemaElement element, int leaf, boolean optional) {
    LogicalType logical = element.getLogicalType();
    if (logical == null || logical.getSetField() == null || logical.isSetUNKNOWN()) {
      logical = null;
    }
    ConvertedType converted = logical == null ? element.getConverted_type() : null;
    Type decimal = decimal(element, logical, converted);
    boolean saysDecimal =
        converted == ConvertedType.DECIMAL || logical != null && logical.isSetDECIMAL();
    if (saysDecimal && decimal == null) {
      return null;
    }
    String name = element.getName();
    int length = element.getType_length();
    return switch (element.getType()) {
      case BOOLEAN ->
          logical == null ? of(name, leaf, Physical.BOOLEAN, Type.BOOLEAN, 0, optional) : null;
      case INT32 -> int32(name, leaf, optional, logical, converted, decimal);
      case INT64 -> int64(name, leaf, optional, logical, converted, decimal);
      case INT96 -> of(name, leaf, Physical.INT_96, new Type.Timestamp(9), 0, optional);
      case FLOAT -> of(name, leaf, Physical.FLOAT, Type.REAL, 0, optional);
      case DOUBLE -> of(name, leaf, Physical.DOUBLE, Type.DOUBLE, 0, optional);
      case BYTE_ARRAY -> bytes(name, leaf, optional, logical, converted, decimal);
      case FIXED_LEN_BYTE_ARRAY ->
          length < 1 ? null : fixed(name, leaf, optional, logical, converted, decimal, length);
    };
  }

  private static ParquetColumn of(
      String name, int leaf, Physical physical, Type type, int stride, boolean optional) {
    return new ParquetColumn(
        name, leaf, physical, type, stride == 0 ? physical.stride() : stride, optional);
  }

  private static @Nullable Type decimal(
      SchemaElement element, @Nullable LogicalType logical, @Nullable ConvertedType converted) {
    int precision;
    int scale;
    if (logical != null && logical.isSetDECIMAL()) {
      DecimalType type = logical.getDECIMAL();
      precision = type.getPrecision();
      scale = type.getScale();
    } else if (converted == ConvertedType.DECIMAL) {
      precision = element.getPrecision();
      scale = element.getScale();
    } else {
      return null;
    }
    if (precision < 1 || precision > Type.MAX_DECIMAL_PRECISION || scale < 0 || scale > precision) {
      return null;
    }
    return new Type.Decimal(precision, scale);
  }

  private static @Nullable ParquetColumn int32(
      String name,
      int leaf,
      boolean optional,
      @Nullable LogicalType logical,
      @Nullable ConvertedType converted,
      @Nullable Type decimal) {
    if (decimal != null) {
      return of(name, leaf, Physical.INT_32_LONG, decimal, 0, optional);
    }
    if (logical != null) {
      if (logical.isSetINTEGER()) {
        return integer(name, leaf, optional, logical.getINTEGER(), Physical.INT_32);
      }
      if (logical.isSetDATE()) {
        return of(name, leaf, Physical.INT_32, Type.DATE, 0, optional);
      }
      if (logical.isSetTIME() && logical.getTIME().getUnit().isSetMILLIS()) {
        return of(name, leaf, Physical.TIME_MILLIS, new Type.Time(3), 0, optional);
      }
      return null;
    }
    if (converted == null) {
      return of(name, leaf, Physical.INT_32, Type.INTEGER, 0, optional);
    }
    return switch (converted) {
      case INT_8 -> of(name, leaf, Physical.INT_8, Type.TINYINT, 0, optional);
      case INT_16 -> of(name, leaf, Physical.INT_16, Type.SMALLINT, 0, optional);
      case INT_32 -> of(name, leaf, Physical.INT_32, Type.INTEGER, 0, optional);
      case UINT_8 -> of(name, leaf, Physical.UINT_8, Type.SMALLINT, 0, optional);
      case UINT_16 -> of(name, leaf, Physical.UINT_16, Type.INTEGER, 0, optional);
      case UINT_32 -> of(name, leaf, Physical.UINT_32, Type.BIGINT, 0, optional);
      case DATE -> of(name, leaf, Physical.INT_32, Type.DATE, 0, optional);
      case TIME_MILLIS -> of(name, leaf, Physical.TIME_MILLIS, new Type.Time(3), 0, optional);
      default -> null;
    };
  }

  private static @Nullable ParquetColumn integer(
      String name, int leaf, boolean optional, IntType type, Physical physical) {
    if (physical == Physical.INT_64) {
      if (type.getBitWidth() != 64) {
        return null;
      }
      return type.isIsSigned()
          ? of(name, leaf, Physical.INT_64, Type.BIGINT, 0, optional)
          : of(name, leaf, Physical.UINT_64, new Type.Decimal(20, 0), 0, optional);
    }
    return switch (type.getBitWidth()) {
      case 8 ->
          type.isIsSigned()
              ? of(name, leaf, Physical.INT_8, Type.TINYINT, 0, optional)
              : of(name, leaf, Physical.UINT_8, Type.SMALLINT, 0, optional);
      case 16 ->
          type.isIsSigned()
              ? of(name, leaf, Physical.INT_16, Type.SMALLINT, 0, optional)
              : of(name, leaf, Physical.UINT_16, Type.INTEGER, 0, optional);
      case 32 ->
          type.isIsSigned()
              ? of(name, leaf, Physical.INT_32, Type.INTEGER, 0, optional)
              : of(name, leaf, Physical.UINT_32, Type.BIGINT, 0, optional);
      default -> null;
    };
  }

  private static @Nullable ParquetColumn int64(
      String name,
      int leaf,
      boolean optional,
      @Nullable LogicalType logical,
      @Nullable ConvertedType converted,
      @Nullable Type decimal) {
    if (decimal != null) {
      return of(name, leaf, Physical.INT_64, decimal, 0, optional);
    }
    if (logical != null) {
      if (logical.isSetINTEGER()) {
        return integer(name, leaf, optional, logical.getINTEGER(), Physical.INT_64);
      }
      if (logical.isSetTIMESTAMP()) {
        int precision = precision(logical.getTIMESTAMP().getUnit());
        return precision == 0
            ? null
            : of(
                name,
                leaf,
                Physical.INT_64,
                logical.getTIMESTAMP().isIsAdjustedToUTC()
                    ? new Type.ZonedTimestamp(precision)
                    : new Type.Timestamp(precision),
                0,
                optional);
      }
      if (logical.isSetTIME()) {
        int precision = precision(logical.getTIME().getUnit());
        return precision < 6
            ? null
            : of(name, leaf, Physical.INT_64, new Type.Time(precision), 0, optional);
      }
      return null;
    }
    if (converted == null) {
      return of(name, leaf, Physical.INT_64, Type.BIGINT, 0, optional);
    }
    return switch (converted) {
      case INT_64 -> of(name, leaf, Physical.INT_64, Type.BIGINT, 0, optional);
      case UINT_64 -> of(name, leaf, Physical.UINT_64, new Type.Decimal(20, 0), 0, optional);
      case TIMESTAMP_MILLIS -> of(name, leaf, Physical.INT_64, new Type.Timestamp(3), 0, optional);
      case TIMESTAMP_MICROS -> of(name, leaf, Physical.INT_64, new Type.Timestamp(6), 0, optional);
      case TIME_MICROS -> of(name, leaf, Physical.INT_64, new Type.Time(6), 0, optional);
      default -> null;
    };
  }

  /** Digits behind the second, or 0 for a unit that is not known. */
  private static int precision(TimeUnit unit) {
    return unit.isSetMILLIS() ? 3 : unit.isSetMICROS() ? 6 : unit.isSetNANOS() ? 9 : 0;
  }

  private static @Nullable ParquetColumn bytes(
      String name,
      int leaf,
      boolean optional,
      @Nullable LogicalType logical,
      @Nullable ConvertedType converted,
      @Nullable Type decimal) {
    if (decimal != null) {
      return of(name, leaf, Physical.DECIMAL_BYTES, decimal, 0, optional);
    }
    boolean text =
        logical != null
            ? logical.isSetSTRING() || logical.isSetENUM() || logical.isSetJSON()
            : converted == ConvertedType.UTF8
                || converted == ConvertedType.ENUM
                || converted == ConvertedType.JSON;
    boolean binary =
        logical != null
            ? logical.isSetBSON() || logical.isSetGEOMETRY() || logical.isSetGEOGRAPHY()
            : converted == null || converted == ConvertedType.BSON;
    if (!text && !binary) {
      return null;
    }
    return of(name, leaf, Physical.BYTES, text ? Type.VARCHAR : Type.VARBINARY, 0, optional);
  }

  private static @Nullable ParquetColumn fixed(
      String name,
      int leaf,
      boolean optional,
      @Nullable LogicalType logical,
      @Nullable ConvertedType converted,
      @Nullable Type decimal,
      int length) {
    if (decimal != null) {
      return of(name, leaf, Physical.DECIMAL_FIXED, decimal, length, optional);
    }
    if (logical != null) {
      if (logical.isSetUUID() && length == UUID_BYTES) {
        return of(name, leaf, Physical.UUID, Type.VARCHAR, length, optional);
      }
      if (logical.isSetFLOAT16() && length == 2) {
        return of(name, leaf, Physical.FLOAT_16, Type.REAL, length, optional);
      }
      return null;
    }
    if (converted == ConvertedType.INTERVAL && length == Physical.INTERVAL.stride()) {
      return of(name, leaf, Physical.INTERVAL, new Type.TimeInterval(), 0, optional);
    }
    return converted == null
        ? of(name, leaf, Physical.FIXED_BYTES, Type.VARBINARY, length, optional)
        : null;
  }
}
