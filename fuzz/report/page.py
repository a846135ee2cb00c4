# SPDX-License-Identifier: Apache-2.0
def page(report):
    return ""
