package dev.tidemill.sql.parser.grammar;

import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.StructKind;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlRowTypeNameSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;

/** The fields of a ROW type while it is read. */
final class RowFields {
  private final List<SqlIdentifier> names = new ArrayList<>();
  private final List<SqlDataTypeSpec> types = new ArrayList<>();

  /** Adds a field; it may be NULL, as all in a ROW may. */
  void add(SqlIdentifier name, SqlDataTypeSpec type) {
    if (names.stream().anyMatch(n -> n.getSimple().equalsIgnoreCase(name.getSimple()))) {
      throw ParserErrors.duplicateField(name.getSimple(), Positions.of(name.getParserPosition()));
    }
    names.add(name);
    types.add(type.withNullable(true));
  }

  SqlTypeNameSpec type(SqlParserPos position) {
    return new RowType(position, names, types);
  }

  /** A type whose fields can be called {@code a.x} where a column {@code a} is of it. */
  private static final class RowType extends SqlRowTypeNameSpec {
    RowType(SqlParserPos position, List<SqlIdentifier> names, List<SqlDataTypeSpec> types) {
      super(position, names, types);
    }

    @Override
    public RelDataType deriveType(SqlValidator validator) {
      return validator
          .getTypeFactory()
          .createStructType(
              StructKind.PEEK_FIELDS_NO_EXPAND,
              getFieldTypes().stream().map(t -> t.deriveType(validator)).toList(),
              getFieldNames().stream().map(SqlIdentifier::getSimple).toList());
    }
  }
}
