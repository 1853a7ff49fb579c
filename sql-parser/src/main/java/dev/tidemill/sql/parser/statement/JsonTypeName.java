package dev.tidemill.sql.parser.statement;

import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** JSON as the name of a type: VARCHAR, and as the type of a CAST of something nested its JSON. */
public final class JsonTypeName extends SqlBasicTypeNameSpec {
  public JsonTypeName(SqlParserPos position) {
    super(SqlTypeName.VARCHAR, position);
  }
}
