"""Chinese words that a line end should not part: those of our own sentences.

Chinese writes no spaces, and a dictionary would be larger than the kiosk. Texts from outside still break
after punctuation and into even lines.
"""

from typing import Final

_OURS: Final = """
积分 您的积分 会员卡 您的会员卡 会员计划 代金券 药房 新消息 消息 一目了然 查询 本次查询 再次查询 结束
如需 取走 放上 重新 请将 请取走 请勿 请到 请稍候 请稍后 请重试 请使用 请照常 请告知 请检查 请别忘记 移动
正在 购物 消费 记录 屏幕 信息 这张卡 此卡 新卡 任何人 无法 使用 保留 可到 柜台 领取 尚未 重试 办理
安全 无损 即可 停留 片刻 感谢 光临 卡片 读卡区 读卡器 显示 语言 登记 稍后 到账 马上 立即 服务 暂停 暂时
网络 中断 恢复 重新启动 自动 继续 照常 累计 仅凭 号码 只能 查看 范围 获得 最近 可换 关闭 以免 他人 看到
可能 不是 咨询 激活 一分钟 平放 过期 替换 尝试 次数 过多 未能 读取 识别 没有 今天 这里 准确 总额 准备
为什么 这次 这笔 保存 说明 其他 规则 给予 优惠 用完 此处 代码 告知 总部 中央 响应 网线 商品 保密 详情
小票 依法 不计 金额 不足 将于 到期 我们 本药房 最近购物 不要 准确积分 连接 已获得 暂无 每满 瑞郎
双倍积分 十一月
游戏 奖品 抽奖 中奖率 核验 公平 封印 密数 号码 总部 本屏幕 转盘 转动 揭开 刮开 手指 发牌
翻牌 答案 答对 问答 抽取 抽中 次数 礼品 领取 付款 出示 账户 存入 打印 打印机 打印纸 法律
规定 集团 提供 娱乐 不设 参与 欢迎 下次 更改 查看 结束 开始 送完 送出 最后 证明 拍照
对照 锁定 属于 得出 验算 独立 彼此 无关 中断 期间 正忙 本次 计入 未计入 今日 明天 再来
验证码 小时 冻结 解冻 收到 回复 最多 改为 截至 营业时间
"""
WORDS: Final = frozenset(_OURS.split())
COUNTED: Final = frozenset("小分天次张个年月日位条种家秒")
"""What a number counts: it stays with its number."""
WORD_CHARACTERS_MAX: Final = max(len(word) for word in WORDS)
