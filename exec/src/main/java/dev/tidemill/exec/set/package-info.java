/** INTERSECT and EXCEPT: {@link dev.tidemill.exec.set.SetOperator}. */
@NullMarked
package dev.tidemill.exec.set;

import org.jspecify.annotations.NullMarked;
