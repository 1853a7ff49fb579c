package dev.tidemill.sql.parser.grammar;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Litmus;

/** INTERVAL DAY TO SECOND and its like wherever a type stands: in a CAST, a column, an ARRAY. */
final class IntervalTypeNameSpec extends SqlTypeNameSpec {
  private final SqlIntervalQualifier qualifier;

  IntervalTypeNameSpec(SqlIntervalQualifier qualifier, SqlParserPos position) {
    super(new SqlIdentifier(qualifier.typeName().name(), position), position);
    this.qualifier = qualifier;
  }

  @Override
  public RelDataType deriveType(SqlValidator validator) {
    return validator.getTypeFactory().createSqlIntervalType(qualifier);
  }

  @Override
  public void unparse(SqlWriter writer, int left, int right) {
    writer.keyword("INTERVAL");
    qualifier.unparse(writer, 0, 0);
  }

  @Override
  public boolean equalsDeep(SqlTypeNameSpec other, Litmus litmus) {
    return other instanceof IntervalTypeNameSpec that
        ? qualifier.equalsDeep(that.qualifier, litmus)
        : litmus.fail("{} != {}", this, other);
  }
}
